import type { Socket } from 'node:net'
import { type ClamdAddress, connectToClamd } from './clamd-address.js'

/** More than the path of a file and the name of a signature. */
const MAX_ANSWER = 8_192

/**
 * A connection to clamd that is asked one thing after another (clamd's IDSESSION). It ends at the first thing that is not as
 * it should be: whoever asks again takes a new one. While it is idle it keeps no program alive.
 */
export class ClamdSession {
  readonly #socket: Socket
  #waiting: PromiseWithResolvers<string> | undefined
  #text = ''
  #asked = 0
  #alive = true

  constructor(address: ClamdAddress) {
    const socket = connectToClamd(address)
    this.#socket = socket
    socket.setEncoding('utf8')
    socket.on('data', (text) => this.#read(String(text)))
    socket.on('error', (error) => this.#over(error))
    socket.on('close', () => this.#over(new Error('it hung up without an answer')))
    socket.unref()
  }

  /** Whether it can be asked. */
  get alive(): boolean {
    return this.#alive
  }

  /**
   * @param command without the framing, such as `SCAN /path`; one at a time.
   * @returns the answer.
   * @throws the signal's reason once it fires; an Error where there is no answer to this command. The session is over then.
   */
  async ask(command: string, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted()
    if (!this.#alive) throw new Error('it hung up')
    const waiting = Promise.withResolvers<string>()
    this.#waiting = waiting
    const onAbort = (): void => this.#over(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    this.#socket.ref()
    try {
      this.#socket.write(`${this.#asked === 0 ? 'zIDSESSION\0' : ''}z${command}\0`)
      this.#asked++
      return this.#unnumbered(await waiting.promise)
    } finally {
      this.#waiting = undefined
      signal.removeEventListener('abort', onAbort)
      this.#socket.unref()
    }
  }

  /** Hangs up; a command that is under way is given up. */
  end(): void {
    this.#over(new Error('the session was ended'))
  }

  /** Answers carry the number of their command. */
  #unnumbered(answer: string): string {
    const number = `${this.#asked}: `
    if (answer.startsWith(number)) return answer.slice(number.length)
    this.end()
    throw new Error(`it answered "${answer.slice(0, 200)}" to command ${this.#asked}`)
  }

  /** clamd can say a second thing after an error, so a session is not used on after one. */
  #read(text: string): void {
    this.#text += text
    const end = this.#text.indexOf('\0')
    if (this.#waiting === undefined || (end < 0 && this.#text.length > MAX_ANSWER)) {
      this.#over(new Error('it says more than an answer'))
    } else if (end >= 0) {
      const answer = this.#text.slice(0, end).trim()
      const more = this.#text.slice(end + 1)
      this.#text = ''
      this.#waiting.resolve(answer)
      this.#waiting = undefined
      if (more !== '' || answer.endsWith('ERROR')) this.end()
    }
  }

  #over(error: Error): void {
    this.#alive = false
    this.#waiting?.reject(error)
    this.#waiting = undefined
    this.#socket.destroy()
  }
}
