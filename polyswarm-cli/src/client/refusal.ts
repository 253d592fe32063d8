import {
  BudgetSpentError,
  KeyRefusedError,
  NothingFoundError,
  ServiceRefusedError,
  ServiceUnavailableError,
  UsageLimitError,
} from '../errors.js'

/** An answer that is no success. */
export interface Refusal {
  /** Origin of the service. */
  url: string
  route: string
  status: number
  /** What the service says of it. */
  reason: string
  /** Milliseconds. */
  retryAfter: number | undefined
}

/** The error that an answer of the service stands for. */
export function refusalOf({ url, route, status, reason, retryAfter }: Refusal): Error {
  if (status === 401 || status === 403) return new KeyRefusedError({ url, reason })
  if (status === 402) return new BudgetSpentError({ reason })
  if (status === 404 || status === 204) return new NothingFoundError({ subject: route, reason })
  if (status === 429) return new UsageLimitError({ reason, retryAfter })
  if (status >= 500) return new ServiceUnavailableError({ url, reason: `status ${status}, ${reason}`, retryAfter })
  return new ServiceRefusedError({ route, status, reason })
}
