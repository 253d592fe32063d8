import { stringifyJson } from '@polyswarm/protocol/json'
import { exchange } from './exchange.js'

/** How blocks come in a dev market. */
export interface BlockState {
  running: boolean
  /** Seconds between two blocks. */
  block_time: number
}

/** How blocks come, after a change where one is given. */
export async function blockState(change?: Partial<BlockState> & { step?: true }): Promise<BlockState> {
  const body = change && stringifyJson(change)
  const said = await exchange('/api/dev/blocks', {
    method: body ? 'POST' : 'GET',
    ...(body && { body, type: 'application/json' }),
  })
  return said as BlockState
}

/** Gives NCT to an account of a dev market. @param amount in NCT. */
export async function fundAccount(account: string, amount: string): Promise<void> {
  const body = stringifyJson({ account, ...(amount !== '' && { amount }) })
  await exchange('/api/dev/faucet', { method: 'POST', body, type: 'application/json' })
}
