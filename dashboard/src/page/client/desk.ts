import { stringifyJson } from '@polyswarm/protocol/json'
import { z } from 'zod'
import { texts } from '../texts.js'
import { exchange } from './exchange.js'
import { RequestError } from './request-error.js'
import { currentSession } from './session.js'

/** A file that no source of the arbiter knows, which waits for a person. Moments in milliseconds, places in blocks. */
const openCase = z.object({
  id: z.number(),
  chain: z.string(),
  guid: z.string(),
  artifact: z.number(),
  sha256: z.string(),
  /** What is known of it, and what each source of the arbiter said: never what engines say. */
  evidence: z.unknown(),
  /** Block at which it is too late. */
  closesHead: z.number(),
  state: z.string(),
  /** The newest block, and milliseconds between two. */
  clock: z.object({ head: z.number(), blockTime: z.number().nullable() }).nullable(),
})

/** See above. */
export type OpenCase = z.infer<typeof openCase>

const answer = <Result extends z.ZodType>(result: Result) => z.object({ result })
const cases = answer(z.object({ cases: z.array(openCase) }))

/** The open cases, what is too late first comes first. @throws RequestError. */
export async function openCases(signal: AbortSignal): Promise<OpenCase[]> {
  const said = cases.safeParse(await ask('/v1/cases', { signal }))
  if (said.success) return said.data.result.cases
  throw new RequestError({ status: 502, message: texts.failures.unreadable('/v1/cases') })
}

/** Decides what a file is, in the name of whose key it is. @throws RequestError. */
export async function decideCase(id: number, verdict: 'malicious' | 'benign', why: string): Promise<void> {
  const body = stringifyJson({ verdict, why })
  await ask(`/v1/cases/${id}/decision`, { method: 'POST', body, type: 'application/json' })
}

function ask(path: string, options: Parameters<typeof exchange>[1]): Promise<unknown> {
  return exchange(`/api/arbiter${path}`, { ...options, key: `Bearer ${currentSession().arbiterToken}` })
}
