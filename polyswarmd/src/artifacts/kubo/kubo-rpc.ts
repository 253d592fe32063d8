import { randomUUID } from 'node:crypto'
import { parseJson, withinTime } from '@polyswarm/protocol'
import { ArtifactStoreError, KuboUnreachableError } from '../../errors.js'

/** Where a Kubo node takes commands. */
export interface KuboAddress {
  /** Of its RPC, without path: http://127.0.0.1:5001. */
  url: string
  /** The Authorization header of an RPC that is protected. */
  authorization?: string | undefined
  /** How long it may take to answer what needs no network, in ms. Default 20000. */
  patience?: number | undefined
}

/** What a command needs. */
export interface KuboCommand {
  /** Parameters of the query. */
  query?: Record<string, string>
  /** Sent as the one file of the command. */
  file?: Uint8Array
  /** How long the answer may take, in ms. Default: what the address says. */
  timeout?: number
  /** Bytes of the answer that are read at most. */
  limit?: number
}

/** What Kubo itself said against a command. */
export class KuboRefusal extends Error {}

/** By default, in ms: a busy disk is no reason to give an upload up. */
const DEFAULT_LIMIT_MS = 20_000

/** Answers that are not blocks are short. */
const ANSWER_LIMIT = 64 * 1024

/** A form with one file. The boundary is drawn anew, so that no artifact can hold it on purpose. */
function formWith(file: Uint8Array): { body: Buffer; type: string } {
  const boundary = randomUUID()
  const before =
    `--${boundary}\r\ncontent-disposition: form-data; name="data"; filename="data"\r\n` +
    'content-type: application/octet-stream\r\n\r\n'
  const body = Buffer.concat([Buffer.from(before), file, Buffer.from(`\r\n--${boundary}--\r\n`)])
  return { body, type: `multipart/form-data; boundary=${boundary}` }
}

/** The RPC of a Kubo node. */
export class KuboRpc {
  readonly #base: string
  readonly #headers: Record<string, string>
  readonly #patience: number

  constructor({ url, authorization, patience = DEFAULT_LIMIT_MS }: KuboAddress) {
    this.#patience = patience
    this.#base = `${url.replace(/\/+$/, '')}/api/v0/`
    this.#headers = authorization === undefined ? {} : { authorization }
  }

  /**
   * Gives a command and reads the answer to its end.
   *
   * @throws KuboRefusal where Kubo says no.
   * @throws KuboUnreachableError where it does not answer, or not in time.
   * @throws ArtifactStoreError where it wants another authorization, or answers without end.
   */
  async call(command: string, options: KuboCommand = {}): Promise<Buffer> {
    const { query = {}, file, timeout = this.#patience, limit = ANSWER_LIMIT } = options
    const path = `${command}?${new URLSearchParams(query)}`
    const { ok, status, bytes } = await withinTime(timeout, [], (signal) =>
      this.#send(path, file, limit, signal).catch((cause: Error & { cause?: unknown }) => {
        const reason = signal.aborted ? `no answer within ${timeout} ms` : wordsOf(cause)
        throw new KuboUnreachableError({ url: this.#base, reason, cause })
      }),
    )
    if (bytes === null) {
      throw new ArtifactStoreError({ action: command, cause: new Error(`Kubo answered with over ${limit} bytes`) })
    }
    if (ok) return bytes
    if (status === 500) throw new KuboRefusal(messageOf(bytes))
    throw new ArtifactStoreError({
      action: `use Kubo's ${command}`,
      cause: new Error(`Kubo answered ${status}: ${messageOf(bytes)}`),
    })
  }

  async #send(path: string, file: Uint8Array | undefined, limit: number, signal: AbortSignal) {
    const form = file && formWith(file)
    const response = await fetch(this.#base + path, {
      method: 'POST',
      redirect: 'error',
      signal,
      headers: { ...this.#headers, ...(form && { 'content-type': form.type }) },
      ...(form && { body: form.body }),
    })
    const parts: Uint8Array[] = []
    let size = 0
    for await (const part of response.body ?? []) {
      parts.push(part)
      size += part.length
      // Leaving the loop ends the connection.
      if (size > limit) return { ok: response.ok, status: response.status, bytes: null }
    }
    return { ok: response.ok, status: response.status, bytes: Buffer.concat(parts) }
  }
}

/** How long Kubo may take to say that it is there, in ms. */
const PING_TIMEOUT = 2_000

/**
 * The version of a Kubo node.
 *
 * @throws KuboUnreachableError where nothing answers there.
 * @throws ArtifactStoreError where it is no Kubo node, or one that wants another authorization.
 */
export async function kuboVersion(address: KuboAddress): Promise<string> {
  const answer = await new KuboRpc(address).call('version', { timeout: PING_TIMEOUT })
  try {
    return String((parseJson(answer.toString()) as { Version: unknown }).Version)
  } catch (cause) {
    throw new ArtifactStoreError({ action: `use what answers at ${address.url}: it is no Kubo node`, cause })
  }
}

function messageOf(bytes: Buffer): string {
  const text = bytes.toString('utf8').trim()
  try {
    const { Message: message } = parseJson(text) as { Message?: unknown }
    if (typeof message === 'string') return message
  } catch {
    // Not Kubo's own words, but some words.
  }
  return text.slice(0, 200)
}

/** `fetch failed` says nothing; its cause does. */
function wordsOf({ message, cause }: Error & { cause?: unknown }): string {
  const inner = cause as { code?: unknown; message?: unknown } | undefined
  return String(inner?.code ?? inner?.message ?? message)
}
