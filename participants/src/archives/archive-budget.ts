import type { ArchiveLimits } from './archive-limits.js'

const INNOCENT_SIZE = 8 * 1024 * 1024

/** A limit was passed while an archive was read. Outside of the examiner it becomes an ArchiveBombError. */
export class LimitReached extends Error {
  /** What there is too much of. */
  readonly limit: string

  constructor(limit: string) {
    super(`too many ${limit}`)
    this.limit = limit
  }
}

/**
 * What is left of the limits while one archive, with all in it, is opened. Whatever costs time is counted before or while it
 * is done, also where nothing comes of it: headers, bytes that are read, bytes that are unpacked.
 */
export class ArchiveBudget {
  readonly limits: ArchiveLimits
  readonly #packed: number
  #headers = 0
  #members = 0
  #read = 0
  #bytes = 0

  /** @param packed size of the outermost archive. */
  constructor(limits: ArchiveLimits, packed: number) {
    this.limits = limits
    this.#packed = packed
  }

  /** Bytes that may still be unpacked. */
  get left(): number {
    const byRatio = Math.max(INNOCENT_SIZE, this.#packed * this.limits.maxRatio)
    return Math.min(this.limits.maxBytes, byRatio) - this.#bytes
  }

  /** Counts headers, whatever they announce, or what costs as much as so many. */
  header(count = 1): void {
    this.#headers += count
    if (this.#headers > this.limits.maxHeaders) throw new LimitReached('headers')
  }

  /** Counts a member; one that says that it is larger than what is left is not begun. */
  admit(bytes: number): void {
    if (++this.#members > this.limits.maxMembers) throw new LimitReached('members')
    if (bytes > this.left) throw new LimitReached('unpacked bytes')
  }

  /** Counts packed bytes before they are read: members can share them, or come to nothing. */
  read(bytes: number): void {
    this.#read += bytes
    // No archive whose members have bytes of their own comes to more, with all archives in it.
    if (this.#read > this.#packed + this.limits.maxBytes) throw new LimitReached('packed bytes')
  }

  /** Counts what was unpacked. */
  spend(bytes: number): void {
    if (bytes > this.left) throw new LimitReached('unpacked bytes')
    this.#bytes += bytes
  }
}
