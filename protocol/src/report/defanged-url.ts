/**
 * A URL in a form that nobody opens by mistake.
 *
 * @example
 * ```ts
 * import { defangedUrl } from '@polyswarm/protocol/polyscore'
 * defangedUrl('https://evil.example/a.b') // => 'hxxps://evil[.]example/a.b'
 * ```
 */
export function defangedUrl(url: string): string {
  const [scheme = ''] = /^[a-z][a-z0-9+.-]*:\/*/i.exec(url) ?? []
  const rest = url.slice(scheme.length)
  const end = rest.search(/[/?#]/)
  const host = end < 0 ? rest : rest.slice(0, end)
  return `${scheme.replace(/tt/i, 'xx')}${host.replaceAll('.', '[.]')}${end < 0 ? '' : rest.slice(end)}`
}
