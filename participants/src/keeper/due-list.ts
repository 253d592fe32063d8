import type { Guid, ListedClaim, ListedOpening } from '@polyswarm/protocol'
import type { Address } from 'viem'
import type { PolyswarmdClient } from '../client/polyswarmd-client.js'
import { GatewayRefusedError } from '../errors.js'

/** The most that is looked at in one block of each list, in pages of a hundred: what is left over comes with the next. */
const MOST_PAGES = 20

interface Page<T> {
  rows: T[]
  next: number | null
}

/**
 * What is due, as far as the daemon knows; with `author`, only on bounties of that account.
 *
 * @param isTime whether a claim is to be settled now. The list is in the order in which bounties were posted: after a page
 * without any, those that follow are left for later, as nothing is lost by settling later.
 */
export async function readDue(
  client: PolyswarmdClient,
  { author, isTime }: { author: Address | undefined; isTime: (claim: ListedClaim) => boolean },
  signal: AbortSignal,
): Promise<{ openings: ListedOpening[]; claims: ListedClaim[] }> {
  const openingsAfter = async (after: number): Promise<Page<ListedOpening>> => {
    const { openings: rows, next } = await client.openings({ after, author }, signal)
    return { rows, next }
  }
  const claimsAfter = async (after: number): Promise<Page<ListedClaim>> => {
    const { claims: rows, next } = await client.claims({ after, author }, signal)
    return { rows, next }
  }
  const first = await client.due({ author }, signal).catch(older)
  const [openings, claims] = await Promise.all([
    all(openingsAfter, first && { rows: first.openings.openings, next: first.openings.next }, () => false),
    all(claimsAfter, first && { rows: first.claims.claims, next: first.claims.next }, (page) => !page.some(isTime)),
  ])
  return { openings, claims }
}

/** A daemon that does not know the list of both has the list of each. */
function older(error: unknown): undefined {
  if (error instanceof GatewayRefusedError && error.status === 404) return undefined
  throw error
}

async function all<T extends { bounty_guid: Guid }>(
  read: (after: number) => Promise<Page<T>>,
  first: Page<T> | undefined,
  isEnough: (rows: readonly T[]) => boolean,
): Promise<T[]> {
  const found: T[] = []
  let page = first ?? (await read(0))
  for (let pages = 1; ; pages++) {
    found.push(...page.rows)
    if (page.next === null || pages === MOST_PAGES || isEnough(page.rows)) return found
    page = await read(page.next)
  }
}
