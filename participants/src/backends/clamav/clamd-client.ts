import type { Socket } from 'node:net'
import { withinTime } from '@polyswarm/protocol'
import { ClamdError } from '../../errors.js'
import { type ClamdAddress, clamdAddressText, connectToClamd } from './clamd-address.js'
import { type ClamdAnswer, readClamdAnswer } from './clamd-answer.js'

/** How to speak to a clamd. */
export interface ClamdClientOptions {
  address: ClamdAddress
  /** Milliseconds for PING and VERSION; a scan ends with its signal. 5,000 by default. */
  timeout?: number
}

/** Bytes in one chunk of a stream. */
const CHUNK = 512 * 1024
/** A signature name is short; a daemon that goes on and on is none. */
const MAX_ANSWER = 4_096

/**
 * A client of clamd, ClamAV's daemon, by the commands PING, VERSION and INSTREAM, one connection each. An answer that is
 * neither OK nor FOUND is an error, whatever it says.
 */
export class ClamdClient {
  readonly #address: ClamdAddress
  readonly #timeout: number

  constructor({ address, timeout = 5_000 }: ClamdClientOptions) {
    this.#address = address
    this.#timeout = timeout
  }

  /** @throws ClamdError unless a clamd answers. */
  async ping(signal?: AbortSignal): Promise<void> {
    const answer = await this.#ask('PING', signal)
    if (answer !== 'PONG') throw this.#error(`it answered "${answer.slice(0, 100)}" where PONG was due`)
  }

  /**
   * Version of engine and signatures, such as `ClamAV 1.4.3/27500/Mon Jan  6 09:00:00 2025`.
   *
   * @throws ClamdError where it is not told.
   */
  async version(signal?: AbortSignal): Promise<string> {
    const answer = await this.#ask('VERSION', signal)
    if (!answer.startsWith('ClamAV')) throw this.#error(`it gives no version: "${answer.slice(0, 100)}"`)
    return answer
  }

  /**
   * Has a content scanned.
   *
   * @returns the name of what was found, or null.
   * @throws ClamdError where clamd reports an error, hangs up or cannot be reached; the signal's reason once it fires.
   */
  async scan(content: Uint8Array, signal: AbortSignal): Promise<ClamdAnswer> {
    const answer = readClamdAnswer(await this.#command('INSTREAM', chunksOf(content), signal), 'stream')
    if ('found' in answer) return answer
    throw this.#error('failed' in answer ? answer.failed : `it answered "${answer.unreadable}"`)
  }

  #ask(name: string, outer: AbortSignal | undefined): Promise<string> {
    return withinTime(this.#timeout, [outer], (signal) => this.#command(name, [], signal))
  }

  async #command(name: string, parts: Iterable<Uint8Array>, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted()
    const socket = connectToClamd(this.#address)
    const onAbort = (): void => void socket.destroy(signal.reason as Error)
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      // Above the limit of its stream clamd answers before everything is sent, and closes.
      const answer = readAnswer(socket)
      send(socket, name, parts)
      return await answer
    } catch (error) {
      signal.throwIfAborted()
      throw error instanceof ClamdError ? error : this.#error((error as Error).message, error)
    } finally {
      signal.removeEventListener('abort', onAbort)
      socket.destroy()
    }
  }

  #error(reason: string, cause?: unknown): ClamdError {
    return new ClamdError({ address: clamdAddressText(this.#address), reason, cause })
  }
}

/** All at once: the content is in memory as it is, and what is queued are views of it. */
function send(socket: Socket, name: string, parts: Iterable<Uint8Array>): void {
  socket.cork()
  socket.write(`z${name}\0`)
  for (const part of parts) socket.write(part)
  socket.uncork()
}

/** Length and bytes of each chunk, and the empty one that ends the stream. */
function* chunksOf(content: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < content.length; at += CHUNK) {
    const chunk = content.subarray(at, at + CHUNK)
    yield lengthOf(chunk.length)
    yield chunk
  }
  yield lengthOf(0)
}

function lengthOf(bytes: number): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes)
  return length
}

/** The answer up to its NUL; what came before the end where there is none. */
async function readAnswer(socket: Socket): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let answer = ''
  socket.setEncoding('utf8')
  socket.on('data', (text) => {
    answer += text
    const end = answer.indexOf('\0')
    if (end >= 0) resolve(answer.slice(0, end).trim())
    else if (answer.length > MAX_ANSWER) reject(new Error('its answer has no end'))
  })
  socket.on('error', (error) => (answer.includes('\0') ? undefined : reject(error)))
  socket.on('close', () => resolve(answer.trim()))
  return promise
}
