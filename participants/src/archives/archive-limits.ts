import { ArchiveBombError } from '../errors.js'

/** How far an archive is opened. */
export interface ArchiveLimits {
  /** Archives within archives. */
  maxDepth: number
  /** Members of all archives together. */
  maxMembers: number
  /** Bytes of all members together, unpacked. */
  maxBytes: number
  /** Unpacked bytes for each packed byte, once there are more than 8 MiB of them. */
  maxRatio: number
}

/** What is opened unless told otherwise. */
export const ARCHIVE_LIMITS: ArchiveLimits = {
  maxDepth: 4,
  maxMembers: 2_000,
  maxBytes: 256 * 1024 * 1024,
  maxRatio: 200,
}

const INNOCENT_SIZE = 8 * 1024 * 1024

/** What is left of the limits while one archive, with all in it, is opened. */
export class ArchiveBudget {
  readonly limits: ArchiveLimits
  readonly #packed: number
  #members = 0
  #bytes = 0

  /** @param packed size of the outermost archive. */
  constructor(limits: ArchiveLimits, packed: number) {
    this.limits = limits
    this.#packed = packed
  }

  /** Bytes that the next member may have. */
  get left(): number {
    const byRatio = Math.max(INNOCENT_SIZE, this.#packed * this.limits.maxRatio)
    return Math.min(this.limits.maxBytes, byRatio) - this.#bytes
  }

  /** @throws ArchiveBombError where there are too many members, or the next one says that it is too large. */
  admit(bytes: number): void {
    this.#members++
    if (this.#members > this.limits.maxMembers) throw new ArchiveBombError({ limit: 'members' })
    if (bytes > this.left) throw new ArchiveBombError({ limit: 'unpacked bytes' })
  }

  /** Counts what was unpacked. */
  spend(bytes: number): void {
    if (bytes > this.left) throw new ArchiveBombError({ limit: 'unpacked bytes' })
    this.#bytes += bytes
  }
}
