import { createHmac, timingSafeEqual } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { WebhookSecretError } from '../errors.js'

/** What a request is signed with: an HMAC-SHA256 of its body, as 64 lower-case hexadecimal digits. */
export class WebhookSecret {
  readonly #secret: Buffer

  /** @param secret as UTF-8. */
  constructor(secret: string) {
    this.#secret = Buffer.from(secret, 'utf8')
  }

  /**
   * Reads a secret from a file; the end of its line does not count.
   *
   * @throws WebhookSecretError where it cannot be read or is empty.
   */
  static async read(path: string): Promise<WebhookSecret> {
    const text = await readFile(path, 'utf8').catch((cause: Error) => {
      throw new WebhookSecretError({ path, reason: cause.message, cause })
    })
    const secret = text.replace(/\r?\n$/, '')
    if (secret === '') throw new WebhookSecretError({ path, reason: 'it is empty' })
    return new WebhookSecret(secret)
  }

  sign(body: Uint8Array): string {
    return createHmac('sha256', this.#secret).update(body).digest('hex')
  }

  /** Whether a signature is that of a body; the time that this takes says nothing about it. */
  isSigned(body: Uint8Array, signature: string): boolean {
    const [given, own] = [Buffer.from(signature), Buffer.from(this.sign(body))]
    return given.length === own.length && timingSafeEqual(given, own)
  }
}
