import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { ArchiveLinkError } from '../errors.js'

/** Which artifacts an archive has, and for whom. */
export interface ArchiveRange {
  /** Whose eyes it is for. */
  account: number
  /** Ids of artifacts. */
  first: number
  last: number
}

/** Milliseconds for which a link is good. */
const GOOD_FOR = 3_600_000

/**
 * Links to archives, which are fetched without a key, as the public command line does. A link says itself what it leads to and
 * until when, under a seal; no list of them is kept, and those of before a restart are not good any more.
 */
export class ArchiveLinks {
  readonly #secret = randomBytes(32)
  readonly #now: () => number

  /** @param now milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now
  }

  /** The last part of a link. */
  tokenOf({ account, first, last }: ArchiveRange): string {
    const said = [account, first, last, this.#now() + GOOD_FOR].join('-')
    return `${said}-${this.#sealOf(said).toString('base64url')}`
  }

  /** What a link leads to. @throws ArchiveLinkError where it is none, or too old. */
  rangeOf(token: string): ArchiveRange {
    const [, said = '', seal = ''] = /^((?:\d+-){3}\d+)-(.{43})$/.exec(token) ?? []
    const given = Buffer.from(seal, 'base64url')
    const made = this.#sealOf(said)
    const [account = 0, first = 0, last = 0, until = 0] = said.split('-').map(Number)
    if (given.length !== made.length || !timingSafeEqual(given, made) || until < this.#now())
      throw new ArchiveLinkError()
    return { account, first, last }
  }

  #sealOf(said: string): Buffer {
    return createHmac('sha256', this.#secret).update(said).digest()
  }
}
