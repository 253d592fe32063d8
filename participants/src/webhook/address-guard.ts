import { type LookupAddress, lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { ForbiddenAddressError, InvalidOptionError } from '../errors.js'

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number]

/**
 * Says which addresses that others name may be reached: those of the public internet, and what the operator allows besides.
 * A name is judged by the addresses that it has at the moment of connecting, and no other is connected to.
 */
export class AddressGuard {
  readonly #allowed: readonly Range[]

  /**
   * @param allowed addresses and ranges besides the public ones, such as `10.0.0.0/8` or `::1`.
   * @throws InvalidOptionError where one of them is neither.
   */
  constructor(allowed: readonly string[] = []) {
    this.#allowed = allowed.map(rangeOf)
  }

  /** Whether an address may be connected to. */
  allows(text: string): boolean {
    if (!ipaddr.isValid(text)) return false
    const address = ipaddr.process(text)
    const isAllowed = this.#allowed.some(([base, bits]) => base.kind() === address.kind() && address.match(base, bits))
    return isAllowed || address.range() === 'unicast'
  }

  /**
   * An address that may be fetched, as far as can be said before its name is looked up.
   *
   * @throws ForbiddenAddressError
   */
  checked(text: string): URL {
    const forbid = (reason: string) => new ForbiddenAddressError({ address: text, reason })
    const url = URL.parse(text)
    if (!url || !/^https?:$/.test(url.protocol)) throw forbid('it is neither http nor https')
    if (url.username !== '' || url.password !== '') throw forbid('it has a user or password in it')
    const literal = url.hostname.replace(/^\[|\]$/g, '')
    if (ipaddr.isValid(literal) && !this.allows(literal)) throw forbid(`${literal} is not public`)
    return url
  }

  /** Looks names up for a connection, and hands on no address that is not allowed. */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '', 0)
      const addresses: LookupAddress[] = found.filter(({ address }) => this.allows(address))
      const [first] = addresses
      if (!first) {
        const reason = `its name stands for ${found.map(({ address }) => address).join(', ')}, which is not public`
        return callback(new ForbiddenAddressError({ address: hostname, reason }), '', 0)
      }
      if (options.all) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

function rangeOf(text: string): Range {
  try {
    if (text.includes('/')) return ipaddr.parseCIDR(text)
    const address = ipaddr.process(text)
    return [address, address.kind() === 'ipv4' ? 32 : 128]
  } catch {
    const reason = `${text.slice(0, 100)} is no address and no range, such as 10.0.0.0/8`
    throw new InvalidOptionError({ option: '--allow-addresses', reason })
  }
}
