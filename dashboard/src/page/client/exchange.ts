import { parseJson } from '@polyswarm/protocol/json'
import { texts } from '../texts.js'
import { RequestError } from './request-error.js'

/** The largest number of values in an answer that is read: pages of lists have far fewer. */
const MAX_VALUES = 500_000

/** How something is asked for. */
export interface Exchange {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | undefined
  query?: Readonly<Record<string, string | number | undefined>> | undefined
  body?: BodyInit | undefined
  /** Of the body. */
  type?: string | undefined
  key?: string | undefined
  signal?: AbortSignal | undefined
}

/**
 * One request to this page's origin, and its answer read as JSON, integers of any size included.
 *
 * @throws RequestError with the words of the server that refuses it.
 */
export async function exchange(
  path: string,
  { method, query = {}, body, type, key, signal }: Exchange,
): Promise<unknown> {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
  const search = given.length === 0 ? '' : `?${new URLSearchParams(given)}`
  const answer = await fetch(`${path}${search}`, {
    method: method ?? 'GET',
    headers: { ...(type !== undefined && { 'content-type': type }), ...(key && { authorization: key }) },
    ...(body !== undefined && { body }),
    ...(signal && { signal }),
    credentials: 'omit',
    redirect: 'error',
  }).catch((error: Error) => {
    if (error.name === 'AbortError') throw error
    throw new RequestError({ status: 0, message: texts.failures.unreachable })
  })
  const text = await answer.text()
  let said: unknown
  try {
    said = text === '' ? undefined : parseJson(text, { values: MAX_VALUES })
  } catch {
    throw new RequestError({ status: answer.status, message: texts.failures.unreadable(path) })
  }
  if (answer.ok) return said
  const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN)
  throw new RequestError({
    status: answer.status,
    message: reasonOf(said) ?? texts.failures.status(answer.status),
    ...(seconds > 0 && { retryAfter: seconds * 1000 }),
  })
}

/** Daemon, service and page server each have their own place for the reason. */
function reasonOf(said: unknown): string | undefined {
  const { result, errors, message, error } = (said ?? {}) as Record<string, unknown>
  return [errors, result, message, error].find((each) => typeof each === 'string') as string | undefined
}
