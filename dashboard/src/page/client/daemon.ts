import type { z } from 'zod'
import { texts } from '../texts.js'
import { type Exchange, exchange } from './exchange.js'
import { RequestError } from './request-error.js'
import { currentSession } from './session.js'

/** Reading needs to say who reads; nobody in particular. */
export const NOBODY = `0x${'0'.repeat(40)}`

/** Reads from polyswarmd. @throws RequestError, also where the answer is not what the route promises. */
export async function fromDaemon<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  { query, signal }: Pick<Exchange, 'query' | 'signal'> = {},
): Promise<z.output<Schema>> {
  const said = await exchange(`/api/daemon${path}`, {
    query: { account: NOBODY, ...query },
    key: currentSession().daemonKey,
    signal,
  })
  const result = schema.safeParse((said as { result?: unknown })?.result)
  if (result.success) return result.data
  throw new RequestError({ status: 502, message: texts.failures.unreadable(path) })
}
