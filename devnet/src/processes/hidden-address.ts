import { randomBytes } from 'node:crypto'
import { freePort } from './free-port.js'

/**
 * An address and a port of this machine that nobody can guess: one of some 2^38. On systems that have no loopback address
 * beside 127.0.0.1 it is one of 2^14.
 */
export async function hiddenAddress(): Promise<{ host: string; port: number }> {
  const [b = 0, c = 0, d = 0] = randomBytes(3)
  // Neither the address of the network nor that of everybody in it.
  const host = `127.${b}.${c}.${(d % 254) + 1}`
  const port = await freePort(0, '', host).catch(() => undefined)
  return port === undefined ? { host: '127.0.0.1', port: await freePort(0, '') } : { host, port }
}
