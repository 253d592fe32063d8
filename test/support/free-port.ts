import { freePort as freePortOf } from '../../devnet/src/processes/free-port.ts'

/** A port of this machine that nothing listens on. */
export function freePort(): Promise<number> {
  return freePortOf(0, '')
}
