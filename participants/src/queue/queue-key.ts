import { hkdfSync } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { QueueKeyError } from '../errors.js'

const FEWEST_CHARACTERS = 32
const MOST_CHARACTERS = 4096

/**
 * The secret that the front of an engine shares with its workers: what they write to each other is sealed with it, so that
 * whoever else can read or write in Redis learns no verdict and invents none.
 */
export class QueueKey {
  readonly #secret: Buffer

  constructor(secret: Buffer) {
    this.#secret = secret
  }

  /**
   * Reads a key file; white space around the key does not count.
   *
   * @throws QueueKeyError where it cannot be read, or holds fewer than 32 characters.
   */
  static async read(path: string): Promise<QueueKey> {
    const text = await readFile(path, 'utf8').catch((cause: Error) => {
      throw new QueueKeyError({ path, reason: cause.message, cause })
    })
    const secret = text.trim()
    if (secret.length < FEWEST_CHARACTERS || secret.length > MOST_CHARACTERS) {
      const reason = `it holds ${secret.length} characters where ${FEWEST_CHARACTERS} to ${MOST_CHARACTERS} are wanted`
      throw new QueueKeyError({ path, reason })
    }
    return new QueueKey(Buffer.from(secret))
  }

  /** A key of 32 bytes for one purpose and one message. */
  derive(purpose: string, id: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#secret, Buffer.from(id), Buffer.from(`polyswarm ${purpose}`), 32))
  }

  /** The name of the queue of one backend: engines with different keys never share a queue. */
  queueOf(backend: string): string {
    const readable = backend.replace(/[^\w.+-]/g, '-').slice(0, 80)
    return `${readable}.${this.derive('queue', backend).toString('hex').slice(0, 12)}`
  }
}
