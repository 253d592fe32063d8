import { plainZip } from '../../archives/plain-zip.js'
import { NONE } from '../../archives/zip-entries.js'
import { findingOfAlert } from './clamd-alert.js'
import type { ClamdClient } from './clamd-client.js'

/** More archives within archives than clamd opens, unless its MaxRecursion was raised far above the 17 that it is by default. */
const LEVELS = 60
/** Bit of a ZIP archive's flags. */
const ENCRYPTED = 1

/** What a clamd keeps to itself. */
export interface ClamdSilence {
  /** That it did not look at everything since a limit was reached. */
  limits: boolean
  /** That it did not look at what is encrypted. */
  encryption: boolean
}

/**
 * Finds out whether clamd says so where it does not look at all of something, as it does with `AlertExceedsMax` and
 * `AlertEncrypted`: it is given an archive that is encrypted, and one with too many archives within each other.
 *
 * @throws ClamdError where clamd gives no answer.
 */
export async function probeClamd(client: ClamdClient, signal: AbortSignal): Promise<ClamdSilence> {
  const isSilent = async (content: Uint8Array, about: string): Promise<boolean> => {
    const { found } = await client.scan(content, signal)
    return found === null || findingOfAlert(found).unseen !== about
  }
  const encryption = await isSilent(zipAround(Buffer.alloc(64, 'x'), ENCRYPTED), 'encrypted')
  let deep: Buffer = Buffer.from('deep')
  for (let level = 0; level < LEVELS; level++) deep = zipAround(deep)
  return { encryption, limits: await isSilent(deep, 'limit') }
}

/** What to change in the configuration; undefined where nothing is kept silent. */
export function adviceOn({ limits, encryption }: ClamdSilence): string | undefined {
  const lines = [...(limits ? ['AlertExceedsMax yes'] : []), ...(encryption ? ['AlertEncrypted yes'] : [])]
  if (lines.length === 0) return undefined
  const about = [...(limits ? ['its limits'] : []), ...(encryption ? ['what is encrypted'] : [])].join(' and ')
  return (
    `clamd says nothing of ${about}, and would call benign what it did not look at: add "${lines.join('" and "')}" to its ` +
    'configuration (clamd.conf), and restart it. Until then archives are opened here, and each file in them is sent to it'
  )
}

function zipAround(content: Buffer, flags = 0): Buffer {
  const size = content.length
  return plainZip(content, [{ ...NONE, flags, packedSize: size, size, start: 0, at: 0, endless: false }])
}
