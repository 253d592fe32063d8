/** Which page of all bounties is shown. */
export interface ArchiveSearch {
  /** Place in the daemon's list that the page before ended at. */
  before?: number | undefined
  /** Only those of this account. */
  author?: string | undefined
}

/** Reads it from the page's address; what makes no sense is left out. */
export function archiveSearch({ before, author }: Record<string, unknown>): ArchiveSearch {
  return {
    ...(typeof before === 'number' && Number.isSafeInteger(before) && before > 0 && { before }),
    ...(typeof author === 'string' && /^0x[0-9a-fA-F]{40}$/.test(author) && { author }),
  }
}
