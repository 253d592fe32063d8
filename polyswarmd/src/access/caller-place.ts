import { isIPv6 } from 'node:net'

/**
 * Where somebody without a key asks from, to be counted by: an IPv4 address, or the first 64 bits of an IPv6 address, as
 * whoever has one of those has all 2^64 below it. The address is that of the connection; headers that name another are
 * anybody's to write.
 */
export function placeOf(ip: string): string {
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(ip)?.[1]
  if (mapped !== undefined) return mapped
  if (!isIPv6(ip)) return ip
  const [head = '', tail] = (ip.split('%')[0] ?? '').split('::')
  const left = head.split(':').filter((part) => part !== '')
  const right = tail?.split(':').filter((part) => part !== '') ?? []
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length - (ip.includes('.') ? 1 : 0))
  const parts = [...left, ...Array.from({ length: zeros }, () => '0'), ...right]
  return parts
    .slice(0, 4)
    .map((part) => Number.parseInt(part, 16).toString(16))
    .join(':')
}
