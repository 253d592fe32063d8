import { InvalidGatewayAddressError } from '../errors.js'

/**
 * The base URL of a polyswarmd as people write it. Without a scheme it means http: a bare `polyswarmd:31337` names a daemon
 * on one's own machine or network. A path is kept, a trailing slash is not.
 *
 * @throws InvalidGatewayAddressError for other schemes, credentials in the URL, queries, or what is no address at all.
 * @example
 * ```ts
 * import { parseGatewayUrl } from '@polyswarm/participants'
 * parseGatewayUrl('polyswarmd:31337').href // => 'http://polyswarmd:31337/'
 * ```
 */
export function parseGatewayUrl(text: string): URL {
  const trimmed = text.trim()
  if (trimmed === '') throw new InvalidGatewayAddressError({ text, reason: 'it is empty' })
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`
  let url: URL
  try {
    url = new URL(withScheme)
  } catch {
    throw new InvalidGatewayAddressError({ text, reason: 'it is no URL' })
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new InvalidGatewayAddressError({ text, reason: `${url.protocol} is neither http nor https` })
  }
  if (url.username !== '' || url.password !== '') {
    throw new InvalidGatewayAddressError({ text: '…', reason: 'a password in a URL ends up in logs' })
  }
  if (url.search !== '' || url.hash !== '') {
    throw new InvalidGatewayAddressError({ text, reason: 'it must not hold ? or #' })
  }
  url.pathname = url.pathname.replace(/\/+$/, '')
  return url
}
