import { consumerOperations, type Instance, type instanceResult } from '@polyswarm/protocol/consumer'
import { expect } from 'vitest'
import type { z } from 'zod'

/** An answer of the consumer API. */
export interface ConsumerAnswer {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: its shape is what the tests assert, so it is not claimed here
  body: any
}

/** Whoever asks a consumer service, in its own words; every instance that it gets is held against the schema. */
export class ConsumerClient {
  readonly #base: string
  readonly #key: string | undefined

  constructor(base: string, key?: string) {
    this.#base = base
    this.#key = key
  }

  async ask(method: string, path: string, body?: unknown): Promise<ConsumerAnswer> {
    const response = await fetch(path.startsWith('http') ? path : `${this.#base}${path}`, {
      method,
      headers: {
        ...(this.#key !== undefined && { authorization: this.#key }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const isJson = method !== 'HEAD' && response.headers.get('content-type')?.includes('json')
    const answer = isJson ? await response.json() : Buffer.from(await response.arrayBuffer())
    return { status: response.status, headers: response.headers, body: answer }
  }

  /** Puts bytes where an instance wants them, without a key. */
  async upload(url: string, bytes: Uint8Array | string): Promise<ConsumerAnswer> {
    const response = await fetch(url, { method: 'PUT', body: bytes as string, headers: { 'content-type': '' } })
    return { status: response.status, headers: response.headers, body: await response.json() }
  }

  /** Announces, uploads and starts, as the public command line does. */
  async scan(bytes: Uint8Array | string, request: Record<string, unknown> = {}): Promise<Instance> {
    const { body } = await this.ask('POST', '/instance', { artifact_name: 'X.bin', artifact_type: 'FILE', ...request })
    const created = instance(body)
    expect((await this.upload(created.upload_url ?? '', bytes)).status).toBe(200)
    return instance((await this.ask('PUT', `/instance?id=${created.id}`, { community: 'default' })).body)
  }

  /** A submission as it stands. */
  async instance(id: string): Promise<Instance> {
    return instance((await this.ask('GET', `/consumer/submission/default/${id}`)).body)
  }
}

function instance(body: unknown): z.output<typeof instanceResult> {
  return consumerOperations.poll.answer.parse(body).result
}
