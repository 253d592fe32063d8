import { assertionList, bountyList, voteList } from '@polyswarm/protocol'
import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import { fromDaemon } from '../client/daemon.js'
import { type JudgedBounty, judgedSample, type ReadRows } from '../views/engines/engine-sample.js'

/** Bounties that records are read from, and rows of a page. However long a market has run, no more are asked for. */
const BOUNTIES = 300
const PAGE = 100
const MAX_PAGES = 40

/** The latest bounties that are over, with what was said on them: what engines and arbiters are measured by. */
export const sampleQuery = queryOptions({
  queryKey: ['sample'],
  queryFn: async ({ signal }): Promise<JudgedBounty[]> => {
    const listed = await pages('/bounties/list', bountyList, signal, {
      rows: ({ bounties }) => bounties,
      isEnough: (rows) => rows.length >= BOUNTIES,
    })
    const first = listed.rows.at(-1)?.block_number ?? 0
    const isEnough = (rows: readonly { block_number: number }[]) => (rows.at(-1)?.block_number ?? 0) < first
    const [assertions, votes] = await Promise.all([
      pages('/assertions/list', assertionList, signal, { rows: (page) => page.assertions, isEnough }),
      pages('/votes/list', voteList, signal, { rows: (page) => page.votes, isEnough }),
    ])
    return judgedSample({ bounties: listed.rows, assertions, votes })
  },
  staleTime: 30_000,
})

/** Pages of a list from its newest row back, until there are enough, or too many: then it is not whole. */
async function pages<Schema extends z.ZodType<{ next: number | null }>, Row>(
  path: string,
  schema: Schema,
  signal: AbortSignal,
  { rows, isEnough }: { rows: (page: z.output<Schema>) => readonly Row[]; isEnough: (rows: readonly Row[]) => boolean },
): Promise<ReadRows<Row>> {
  const found: Row[] = []
  let after: number | undefined
  for (let page = 0; page < MAX_PAGES; page++) {
    const said = await fromDaemon(path, schema, { query: { order: 'newest', limit: PAGE, after }, signal })
    found.push(...rows(said))
    if (said.next === null || isEnough(found)) return { rows: found, isWhole: true }
    after = said.next
  }
  return { rows: found, isWhole: false }
}
