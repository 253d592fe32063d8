import { freePort as freePortOf } from '../../devnet/dist/processes/free-port.js'

/** A port of this machine that nothing listens on. */
export function freePort(): Promise<number> {
  return freePortOf(0, '')
}
