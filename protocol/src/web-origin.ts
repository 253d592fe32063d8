/** What a server answers to, and which pages may speak to it. */
export interface ServedNames {
  /** Host names besides `localhost`, in lower case and without port; `*` stands for any. */
  hosts: readonly string[]
  /** Origins of pages that may speak to it, such as `https://market.example`. */
  origins: readonly string[]
  /** Whether it answers to names without a dot, as containers call each other: nobody can register one. */
  plainNames: boolean
}

/** The headers by which a browser says where a request comes from and whom it takes the server for. */
export interface WebHeaders {
  host?: string | undefined
  origin?: string | undefined
  'sec-fetch-site'?: string | string[] | undefined
  'sec-fetch-mode'?: string | string[] | undefined
}

/**
 * Whether a page of somebody else sent a request through the browser of a user, as far as headers tell. A page can have
 * its own name resolve to 127.0.0.1: then `host` is not a name of this server. Otherwise a browser names the page in
 * `origin`, or says `cross-site`. Programs that are no browser send neither.
 *
 * An address is always a name of this server: a page that is at an address was loaded from there.
 *
 * @returns which header gives the page away; null where nothing does.
 * @example
 * ```ts
 * import { foreignHeader } from '@polyswarm/protocol'
 * const names = { hosts: [], origins: [], plainNames: false }
 * foreignHeader({ host: 'localhost:31337' }, names) // => null
 * foreignHeader({ host: 'rebound.example:31337' }, names) // => 'host'
 * foreignHeader({ host: '127.0.0.1:31337', origin: 'https://page.example' }, names) // => 'origin'
 * ```
 */
export function foreignHeader(headers: WebHeaders, names: ServedNames): 'host' | 'origin' | null {
  const { host, origin } = headers
  if (host !== undefined && !isServed(host.toLowerCase(), names)) return 'host'
  if (origin !== undefined) {
    const own = origin.toLowerCase().replace(/^https?:\/\//, '') === host?.toLowerCase()
    return own || names.origins.includes(origin) ? null : 'origin'
  }
  // A link from elsewhere may be followed; an image, a script or a frame may not be asked for.
  const foreign = ['cross-site', 'same-site'].includes(String(headers['sec-fetch-site']))
  return foreign && headers['sec-fetch-mode'] !== 'navigate' ? 'origin' : null
}

function isServed(host: string, { hosts, plainNames }: ServedNames): boolean {
  const match = /^(\[[0-9a-f:.]+\]|[^:[\]]+?)\.?(:\d{1,5})?$/.exec(host)
  const name = match?.[1]
  if (name === undefined) return false
  if (name.startsWith('[') || /^\d{1,3}(\.\d{1,3}){3}$/.test(name)) return true
  if (name === 'localhost' || name.endsWith('.localhost')) return true
  return hosts.includes(name) || hosts.includes('*') || (plainNames && !name.includes('.'))
}
