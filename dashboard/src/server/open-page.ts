import { PageOptionError } from './errors.js'
import { PageServer } from './page-server.js'

/** What `polyswarm-page` is started with: texts, as the command line and the environment give them. */
export interface PageOptions {
  polyswarmd?: string
  service?: string
  arbiter?: string
  host: string
  port: string
  /** Separated by commas. */
  allowedHosts: string
}

/**
 * Opens a page in front of the servers that are named.
 *
 * @throws PageOptionError naming the first option that cannot be.
 */
export async function openPage({ host, port, allowedHosts, ...options }: PageOptions): Promise<PageServer> {
  const daemon = urlOf('--polyswarmd', options.polyswarmd)
  const service = urlOf('--service', options.service)
  const arbiter = urlOf('--arbiter', options.arbiter)
  if (!daemon && !service) {
    throw new PageOptionError({ option: '--polyswarmd', reason: 'give the URL of a daemon, of a --service, or both' })
  }
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new PageOptionError({ option: '--port', reason: 'give a whole number from 0 to 65535' })
  }
  const open = PageServer.open({
    host,
    port: Number(port),
    hosts: allowedHosts.toLowerCase().split(',').filter(Boolean),
    settings: { daemon: !!daemon, service: !!service, arbiter: !!arbiter, dev: false, names: {} },
    api: { ...(daemon && { daemon }), ...(service && { service }), ...(arbiter && { arbiter }) },
  })
  return open.catch((error: Error): never => {
    throw new PageOptionError({ option: '--port', reason: error.message, cause: error })
  })
}

function urlOf(option: string, text: string | undefined): URL | undefined {
  if (text === undefined) return undefined
  const url = URL.parse(text)
  if (url && /^https?:$/.test(url.protocol)) return url
  throw new PageOptionError({ option, reason: 'give an http or https URL' })
}
