import { stringifyJson } from '@polyswarm/protocol'
import type { AnalysisBackend, AnalysisRequest } from '../../analysis/analysis-backend.js'
import { AnalysisError, BackendError } from '../../errors.js'
import { parseAnswer } from '../../findings/backend-answer.js'
import type { Finding } from '../../findings/finding.js'

/** How the http backend works. */
export interface HttpBackendOptions {
  /** Where artifacts are posted to. */
  url: string
  /** Requests that are under way at the same time; 8 by default. */
  concurrency?: number
}

const MAX_ANSWER = 256 * 1024
const MAX_METADATA = 4_096

/**
 * Has artifacts judged by a service: each is posted as it is, with the header `x-artifact-type` (`file` or `url`) and, as
 * JSON in `x-artifact-metadata`, what the ambassador says of it. The answer is JSON: `outcome`, `confidence`, and `family`,
 * `metadata`, `versions` where there is something to say. Redirects are not followed.
 */
export class HttpBackend implements AnalysisBackend {
  readonly name = 'http'
  readonly concurrency: number
  readonly #url: string
  #versions: { vendor?: string; signatures?: string } = {}

  /** @throws BackendError for an address that is neither http nor https, or has a password in it. */
  constructor({ url, concurrency = 8 }: HttpBackendOptions) {
    const parsed = URL.parse(url)
    if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.username !== '' || parsed.password !== '') {
      throw new BackendError({ backend: 'http', reason: `${url.slice(0, 200)} is no http or https address` })
    }
    this.#url = parsed.href
    this.concurrency = concurrency
  }

  get versions() {
    return this.#versions
  }

  async setup(): Promise<void> {}

  async analyze({ content, artifactType, metadata, signal }: AnalysisRequest): Promise<Finding> {
    const fail = (reason: string, cause?: unknown) => new AnalysisError({ backend: 'http', reason, cause })
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        body: new Uint8Array(content),
        headers: {
          'content-type': 'application/octet-stream',
          accept: 'application/json',
          'x-artifact-type': artifactType,
          'x-artifact-metadata': headerText(metadata),
        },
        redirect: 'error',
        signal,
      })
      const text = await readLimited(response)
      if (text === undefined) throw fail(`its answer is longer than ${MAX_ANSWER} bytes`)
      if (response.status !== 200) throw fail(`it answered with status ${response.status}`)
      const { finding, versions } = parseAnswer('http', text)
      const { vendor, signatures } = versions
      this.#versions = { ...(vendor !== undefined && { vendor }), ...(signatures !== undefined && { signatures }) }
      return finding
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof AnalysisError) throw error
      const { message, cause } = error as Error
      throw fail(cause instanceof Error ? `${message}: ${cause.message}` : message, error)
    }
  }

  async teardown(): Promise<void> {}
}

/** JSON with everything but printable ASCII escaped: what a stranger wrote must not end a header. */
function headerText(metadata: Record<string, unknown>): string {
  const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  const text = stringifyJson(metadata).replace(/[^\x20-\x7e]/g, escaped)
  return text.length > MAX_METADATA ? '{}' : text
}

async function readLimited({ body }: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.length
    if (size > MAX_ANSWER) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
