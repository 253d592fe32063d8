import { describe } from 'vitest'
import { asking } from './page/asking.ts'
import { marketViews } from './page/market-views.ts'
import { operating } from './page/operating.ts'
import { canBeSeen, PageMarket } from './page/page-market.ts'
import { trouble } from './page/trouble.ts'

/* The tests stand in page/, by what is done on the page; all of them share a market and a browser. */
describe.skipIf(!canBeSeen)('the page of a dev market', { timeout: 240_000 }, () => {
  const shared = PageMarket.forTests()

  asking(shared)
  // Here, while little has happened: each view is told of it anew, and each message goes through the test where all are hostile.
  trouble(shared)
  marketViews(shared)
  operating(shared)
})
