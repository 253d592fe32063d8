import { connect, type Socket } from 'node:net'
import { InvalidOptionError } from '../../errors.js'

/** Where a clamd listens. */
export type ClamdAddress = { path: string } | { host: string; port: number }

const DEFAULT_PORT = 3310

/**
 * Reads the address of a clamd: `/run/clamav/clamd.ctl` or `unix:/path` for a Unix socket, `host`, `host:port` or
 * `tcp://host:port` for TCP; port 3310 unless given.
 *
 * @throws InvalidOptionError for anything else.
 * @example
 * ```ts
 * import { parseClamdAddress } from '@polyswarm/participants'
 * parseClamdAddress('scanner:3311') // => { host: 'scanner', port: 3311 }
 * ```
 */
export function parseClamdAddress(text: string): ClamdAddress {
  const path = /^(?:unix:(?:\/\/)?)?(\/.+)$/.exec(text)?.[1]
  if (path !== undefined) return { path }
  const [, bracketed, plain, port] = /^(?:tcp:\/\/)?(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/.exec(text) ?? []
  const host = bracketed ?? plain
  const number = Number(port ?? DEFAULT_PORT)
  if (host === undefined || number < 1 || number > 65_535) {
    throw new InvalidOptionError({ option: '--clamd', reason: `"${text}" is neither host:port nor a path of a socket` })
  }
  return { host, port: number }
}

/** The address as it is named in messages. */
export function clamdAddressText(address: ClamdAddress): string {
  return 'path' in address ? address.path : `${address.host}:${address.port}`
}

/** Begins to connect to a clamd. */
export function connectToClamd(address: ClamdAddress): Socket {
  return 'path' in address ? connect(address.path) : connect(address.port, address.host)
}

/** Whether it listens on this machine, as far as the address tells. */
export function isOnThisMachine(address: ClamdAddress): boolean {
  return 'path' in address || /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/i.test(address.host)
}
