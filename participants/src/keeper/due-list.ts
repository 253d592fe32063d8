import type { Guid, ListedClaim, ListedOpening } from '@polyswarm/protocol'
import type { Address } from 'viem'
import type { PolyswarmdClient } from '../client/polyswarmd-client.js'

/** The most that is looked at in one block of each list, in pages of a hundred: what is left over comes with the next. */
const MOST_PAGES = 20

/** What is due, as far as the daemon knows; with `author`, only on bounties of that account. */
export async function readDue(
  client: PolyswarmdClient,
  author: Address | undefined,
  signal: AbortSignal,
): Promise<{ openings: ListedOpening[]; claims: ListedClaim[] }> {
  const [openings, claims] = await Promise.all([
    all(async (after) => {
      const { openings: rows, next } = await client.openings({ after, author }, signal)
      return { rows, next }
    }),
    all(async (after) => {
      const { claims: rows, next } = await client.claims({ after, author }, signal)
      return { rows, next }
    }),
  ])
  return { openings, claims }
}

async function all<T extends { bounty_guid: Guid }>(
  read: (after: number) => Promise<{ rows: T[]; next: number | null }>,
): Promise<T[]> {
  const found: T[] = []
  let after: number | null = 0
  for (let page = 0; page < MOST_PAGES && after !== null; page++) {
    const { rows, next }: { rows: T[]; next: number | null } = await read(after)
    found.push(...rows)
    after = next
  }
  return found
}
