import { z } from 'zod'

/** An answer with one result. */
export function one<Result extends z.ZodType>(result: Result) {
  return z.object({ status: z.literal('OK'), result })
}

/** A page of a list. While `has_more` is true, the same request with `offset` and `limit` gets the next one. */
export function list<Element extends z.ZodType>(element: Element) {
  return z.object({
    status: z.literal('OK'),
    result: z.array(element).max(MAX_PAGE),
    has_more: z.boolean(),
    limit: z.number().int().min(1).max(MAX_PAGE),
    /** Opaque; where there is more. */
    offset: z.string().max(200).optional(),
  })
}

/** The most elements that a page of a list has. */
export const MAX_PAGE = 100

/**
 * What a request that fails is answered with. 401: no key, or a wrong one. 402: the budget does not cover it. 404: there is no
 * such thing, or it is private to another account. 409: too early or too late for it. 413: too large. 422: the submission
 * failed. 429: too much for now, `Retry-After` says for how long. 503: the service cannot do it now.
 */
export const failure = z.object({
  status: z.literal('error'),
  /** One sentence: what is wrong, and what to do. */
  result: z.string(),
  errors: z.object({ code: z.string() }).nullable(),
})
