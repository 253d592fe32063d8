import type { ShippedBackend } from '../../analysis/shipped-backend.js'
import { wholeNumberOf } from '../../analysis/whole-number.js'

/** What the clamav backend can be told. */
export interface ClamavSettings {
  /** Where clamd listens; see `parseClamdAddress`. */
  clamd?: string | undefined
  /** Largest content that is sent to clamd, in bytes. */
  clamdMaxSize?: number | undefined
  /** A directory in which clamd is given artifacts as files. */
  clamdDirectory?: string | undefined
}

export const clamav: ShippedBackend<ClamavSettings> = {
  name: 'clamav',
  looksWith: 'clamd over TCP or a Unix socket; set `AlertExceedsMax yes` and `AlertEncrypted yes` in its configuration',
  knowsEicar: true,
  needs: 'clamd',
  options: {
    clamd: {
      flags: '--clamd <address>',
      description: 'clamd of the clamav backend: host:port or the path of a socket',
      variable: 'CLAMD',
      standard: `${process.env.CLAMD_HOST ?? 'localhost'}:${process.env.CLAMD_PORT ?? 3310}`,
    },
    clamdMaxSize: {
      flags: '--clamd-max-size <bytes>',
      description: 'largest file to send to clamd: its StreamMaxLength, 100 MiB by default',
      variable: 'CLAMD_MAX_SIZE',
      read: wholeNumberOf('--clamd-max-size'),
    },
    clamdDirectory: {
      flags: '--clamd-directory <directory>',
      description:
        'where clamd, on this machine, is given artifacts as files, such as /dev/shm; over its socket by default',
      variable: 'CLAMD_DIRECTORY',
    },
  },
  make: async ({ clamd = 'localhost:3310', clamdMaxSize, clamdDirectory: directory }, { warn }) => {
    const [{ ClamavBackend }, { parseClamdAddress }] = await Promise.all([
      import('./clamav-backend.js'),
      import('./clamd-address.js'),
    ])
    const maxBytes = clamdMaxSize === undefined ? {} : { maxBytes: clamdMaxSize }
    return new ClamavBackend({ address: parseClamdAddress(clamd), directory, warn, ...maxBytes })
  },
}
