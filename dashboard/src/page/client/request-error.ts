/** A request that a server refused, or that did not reach it. The message is what the server says, in its words. */
export class RequestError extends Error {
  readonly status: number
  /** Milliseconds after which to ask again; undefined where the server does not say. */
  readonly retryAfter: number | undefined

  constructor({ status, message, retryAfter }: { status: number; message: string; retryAfter?: number | undefined }) {
    super(message)
    this.status = status
    this.retryAfter = retryAfter
  }

  /** Whether the same request may be answered later. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500
  }
}
