import type { GuardedServer } from '@polyswarm/dashboard'
import { CaseBook } from '@polyswarm/participants/runtime'

/** Whose decisions those are that come from the page of a dev market. */
const REVIEWER = 'page'

/**
 * Lets the page of a dev market decide what the arbiter does not know. Its key is made anew at each start and is nowhere but
 * in this process: whoever is at this machine can decide, as they can use the faucet.
 *
 * @param cases file of the case book. @param port where the arbiter serves it.
 */
export function openArbiterDesk(cases: string, port: number): GuardedServer {
  const book = CaseBook.open(cases)
  try {
    if (book.reviewers().some(({ name }) => name === REVIEWER)) book.removeReviewer(REVIEWER)
    return {
      url: new URL(`http://127.0.0.1:${port}`),
      authorization: `Bearer ${book.addReviewer(REVIEWER, Date.now())}`,
    }
  } finally {
    book.close()
  }
}
