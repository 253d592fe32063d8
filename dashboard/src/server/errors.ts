import { PolySwarmError } from '@polyswarm/protocol'

/** An option of the page's server that cannot be. */
export class PageOptionError extends PolySwarmError {
  readonly code = 'PAGE_OPTION'

  constructor({ option, reason, cause }: { option: string; reason: string; cause?: unknown }) {
    super(`The page cannot be served, because of ${option}: ${reason}.`, { cause })
  }
}
