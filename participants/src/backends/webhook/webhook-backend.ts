import type { AnalysisBackend, AnalysisRequest } from '../../analysis/analysis-backend.js'
import { BackendError } from '../../errors.js'
import type { Finding } from '../../findings/finding.js'
import { USUAL_RANGE } from '../../staking/strategies.js'
import type { AnswerDesk } from '../../webhook/answer-desk.js'
import type { WebhookBounty } from '../../webhook/webhook-bounty.js'
import { checkWebhookUrl, WebhookCaller } from '../../webhook/webhook-caller.js'
import { WebhookSecret } from '../../webhook/webhook-secret.js'

/** Whose webhook it is. */
export interface WebhookBackendOptions {
  /** Address of the webhook. */
  url: string
  /** File with the secret that both share. */
  secretFile: string
  /** Whether it is asked for assertions, or for votes; assertions by default. */
  phase?: WebhookBounty['phase'] | undefined
  /** Where artifacts are served and answers are taken: `host:port`, or a desk that several share. */
  listen?: string | AnswerDesk | undefined
  /** How the webhook reaches that; by default as it listens. */
  publicUrl?: string | undefined
  /** Milliseconds that it gets for an artifact; 30,000 by default. */
  timeLimit?: number | undefined
  inform?: ((message: string) => void) | undefined
  warn?: ((message: string) => void) | undefined
}

const AT_A_TIME = 32

/**
 * Has artifacts judged by somebody's webhook, as engines of the original's last generation are. How sure it is follows from
 * what it would bid: with the `default` strategy the engine bids that, in proportion to what the market allows.
 */
export class WebhookBackend implements AnalysisBackend {
  readonly name = 'webhook'
  readonly versions = {}
  readonly concurrency = AT_A_TIME
  readonly #options: WebhookBackendOptions
  #caller: WebhookCaller | undefined

  /** @throws BackendError for an address that is neither http nor https, or has a password in it. */
  constructor(options: WebhookBackendOptions) {
    checkWebhookUrl(options.url)
    this.#options = options
  }

  async setup(): Promise<void> {
    if (this.#caller) return
    const { url, secretFile, listen = '127.0.0.1:0', publicUrl, timeLimit = 30_000, inform, warn } = this.#options
    const { phase = 'assertion' } = this.#options
    const caller = new WebhookCaller({
      url,
      secret: await WebhookSecret.read(secretFile),
      phase,
      listen: typeof listen === 'string' ? { ...listenAddress(listen), publicUrl } : listen,
      range: USUAL_RANGE,
      timeLimit,
      logger: lineLogger(inform, warn),
    })
    await caller.start()
    this.#caller = caller
  }

  async analyze(request: AnalysisRequest): Promise<Finding> {
    if (!this.#caller) throw new BackendError({ backend: 'webhook', reason: 'it was not set up' })
    return this.#caller.judge(request)
  }

  async teardown(): Promise<void> {
    this.#caller?.stop()
    this.#caller = undefined
  }
}

/** @throws BackendError where a text is not `host:port`. */
export function listenAddress(text: string): { host: string; port: number } {
  const [, host = '', port = ''] = /^\[?([\w.:-]+?)\]?:(\d{1,5})$/.exec(text) ?? []
  if (host === '') throw new BackendError({ backend: 'webhook', reason: `${text} is not host:port` })
  return { host, port: Number(port) }
}

/** Entries of a log as the lines that backends have to say. */
function lineLogger(
  inform: (message: string) => void = () => undefined,
  warn: (message: string) => void = () => undefined,
) {
  const lineOf = (details: object, message: string): string =>
    [message, ...Object.entries(details).map(([key, value]) => `${key}=${value}`)].join(' ')
  return {
    debug: () => undefined,
    info: (details: object, message: string) => inform(lineOf(details, message)),
    warn: (details: object, message: string) => warn(lineOf(details, message)),
  }
}
