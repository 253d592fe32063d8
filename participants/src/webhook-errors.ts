import { PolySwarmError } from '@polyswarm/protocol'

/** The file with the secret that a webhook and who calls it share cannot be used. */
export class WebhookSecretError extends PolySwarmError {
  readonly code = 'WEBHOOK_SECRET'

  constructor({ path, reason, cause }: { path: string; reason: string; cause?: unknown }) {
    super(
      `The webhook's secret ${path} cannot be used: ${reason}. It is the text that was given when the webhook was registered.`,
      {
        cause,
      },
    )
  }
}

/** The list of webhooks that an engine program calls cannot be used. */
export class WebhookListError extends PolySwarmError {
  readonly code = 'WEBHOOK_LIST'

  constructor({ path, reason, cause }: { path: string; reason: string; cause?: unknown }) {
    super(
      `The list of webhooks ${path} cannot be used: ${reason}. It is a JSON array of name, url, secretFile and keyfile, ` +
        'one entry for each webhook.',
      { cause },
    )
  }
}

/** Somebody else named an address that is not to be fetched: it is private, or nothing that can be fetched. */
export class ForbiddenAddressError extends PolySwarmError {
  readonly code = 'FORBIDDEN_ADDRESS'
  override readonly status = 403

  constructor({ address, reason }: { address: string; reason: string }) {
    super(
      `The address ${address.slice(0, 200)} is not fetched: ${reason}. If it is one of yours, allow it with ` +
        '--allow-addresses.',
    )
  }
}

/** A request to a webhook, or the one that brings its answer back, did not succeed. It may succeed later. */
export class WebhookDeliveryError extends PolySwarmError {
  readonly code = 'WEBHOOK_DELIVERY'
  override readonly retryable = true
  override readonly status = 502
  /** The status with which the other side has refused it for good; undefined where it did not. */
  readonly refusedWith: number | undefined

  constructor({
    url,
    reason,
    refusedWith,
    cause,
  }: {
    url: string
    reason: string
    refusedWith?: number
    cause?: unknown
  }) {
    super(
      `Delivery to ${url.slice(0, 200)} failed: ${reason}. Check that it runs, and that both have the same secret.`,
      { cause },
    )
    this.refusedWith = refusedWith
  }
}

/** A webhook gets nothing for now: it has not answered a ping yet, or not since it failed too often. */
export class WebhookPausedError extends PolySwarmError {
  readonly code = 'WEBHOOK_PAUSED'
  override readonly retryable = true
  override readonly status = 503

  constructor({ url, state }: { url: string; state: string }) {
    super(
      `The webhook at ${url.slice(0, 200)} is ${state}: it gets nothing until it answers a ping. Check that it runs, and ` +
        'that both have the same secret; it is pinged again once a minute, as long as there is something for it.',
    )
  }
}
