import type { z } from 'zod'
import { texts } from '../texts.js'
import { type Exchange, exchange } from './exchange.js'
import { RequestError } from './request-error.js'
import { currentSession } from './session.js'

/** Asks the consumer service. @param schema of the whole answer. @throws RequestError. */
export async function fromService<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  options: Omit<Exchange, 'key'> = {},
): Promise<z.output<Schema>> {
  const said = await exchange(`/api/service${path}`, { ...options, key: currentSession().serviceKey })
  const result = schema.safeParse(said)
  if (result.success) return result.data
  throw new RequestError({ status: 502, message: texts.failures.unreadable(path) })
}
