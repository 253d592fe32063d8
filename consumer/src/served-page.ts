import { PageServer } from '@polyswarm/dashboard'
import { InvalidOptionError } from '@polyswarm/participants/ambassador'

/** How a service's page is served. */
export interface ServedPageOptions {
  /** Absent for no page; 0 picks a free one. */
  pagePort?: number
  host: string
  /** Names it is served under besides addresses and `localhost`. */
  allowedHosts: readonly string[]
  /** Base URL of the service's API. */
  service: string
  /** The daemon whose market the page shows. */
  daemon: URL
}

/**
 * The page of a service, where it is to have one: people ask there, and see the market that answers.
 *
 * @throws InvalidOptionError where it cannot listen.
 */
export async function servedPage(options: ServedPageOptions): Promise<PageServer | undefined> {
  const { pagePort: port, host, allowedHosts, service, daemon } = options
  if (port === undefined) return undefined
  if (port > 65_535) throw new InvalidOptionError({ option: '--page-port', reason: 'it is at most 65535' })
  const page = PageServer.open({
    ...{ host, port, hosts: allowedHosts.map((name) => name.toLowerCase()) },
    settings: { daemon: true, service: true, arbiter: false, dev: false, names: {} },
    api: { daemon, service: new URL(service) },
  })
  return page.catch((error: Error): never => {
    throw new InvalidOptionError({ option: '--page-port', reason: error.message })
  })
}
