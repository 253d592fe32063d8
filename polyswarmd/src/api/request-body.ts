import type { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { MAX_RAW_TRANSACTION } from '@polyswarm/protocol'
import { Capacity } from '../access/capacity.js'
import { Places } from '../access/places.js'
import { MAX_DOCUMENT_BYTES } from '../artifacts/metadata-documents.js'
import { OverloadedError } from '../errors.js'
import { parseForeignJson } from '../json-text.js'
import { BodyTooLargeError, BodyTooSlowError } from './refusal.js'

/** Largest JSON body of most routes, and of every route for a caller without a key, in bytes. */
export const BODY_LIMIT = 64 * 1024

/** Largest body of a route that takes a metadata document, which may stand in a string with every sign escaped. */
export const DOCUMENT_BODY_LIMIT = 2 * MAX_DOCUMENT_BYTES + BODY_LIMIT

/** Largest body of a route that takes ten signed transactions. */
export const TRANSACTIONS_BODY_LIMIT = 10 * 2 * MAX_RAW_TRANSACTION + BODY_LIMIT

/** Bytes of bodies that are in memory at the same time. */
const BODIES_IN_MEMORY = 64 * 1024 * 1024

/** How long a body may take to arrive, in ms. */
const BODY_LIMIT_MS = 60_000

/** How long to wait before a request is sent again that found no room, in seconds. */
const PAUSE = 1

/** How a body is read. */
export interface BodyOptions {
  /** In bytes. */
  limit: number
  /** What the request says of its length, in bytes; NaN where it says nothing. */
  announced: number
}

/**
 * Reads JSON bodies: each within its limit and in time, all of them within what memory there is for them. Large ones are
 * parsed one after the other, with a turn of the event loop between them, so that nothing else waits for more than one.
 */
export class BodyReader {
  readonly #memory: Capacity
  readonly #patience: number
  readonly #large = new Places(1)

  /** @param patience how long a body may take to arrive, in ms. */
  constructor(memory = new Capacity(BODIES_IN_MEMORY), patience = BODY_LIMIT_MS) {
    this.#memory = memory
    this.#patience = patience
  }

  /**
   * The value of a body; null for an empty one.
   *
   * @throws BodyTooLargeError, BodyTooSlowError, or OverloadedError where other bodies have all the room there is.
   * @throws SyntaxError where it is not JSON that the market can mean.
   */
  async read(payload: Readable, { limit, announced }: BodyOptions): Promise<unknown> {
    if (announced > limit) throw new BodyTooLargeError({ limit })
    let held = 0
    try {
      const text = await this.#text(payload, (bytes) => {
        if (held + bytes > limit) throw new BodyTooLargeError({ limit })
        if (!this.#memory.take(bytes)) throw new OverloadedError({ retryAfter: PAUSE })
        held += bytes
      })
      if (text === '') return null
      if (held <= BODY_LIMIT) return parseForeignJson(text)
      return await this.#large.run(async () => {
        await nextTurn()
        return parseForeignJson(text)
      })
    } finally {
      this.#memory.release(held)
    }
  }

  /** By events: an iterator over a stream costs more than all else about a small body. */
  #text(payload: Readable, take: (bytes: number) => void): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const parts: Uint8Array[] = []
    const onData = (part: Uint8Array) => {
      try {
        take(part.length)
        parts.push(part)
      } catch (error) {
        fail(error)
      }
    }
    const letGo = () => {
      clearTimeout(timer)
      payload.off('data', onData).off('end', onEnd).off('error', fail).off('close', onClose)
    }
    const onEnd = () => {
      letGo()
      resolve(Buffer.concat(parts).toString('utf8'))
    }
    const fail = (error: unknown) => {
      letGo()
      // What nobody reads any more is not to run through, and how it ends is nobody's concern.
      payload.on('error', () => undefined).pause()
      reject(error)
    }
    const onClose = () => fail(new Error('The client hung up.'))
    const timer = setTimeout(() => fail(new BodyTooSlowError()), this.#patience)
    payload.on('data', onData).on('end', onEnd).on('error', fail).on('close', onClose)
    if (payload.destroyed) onClose()
    return promise
  }
}
