import { artifactRoutes } from './routes/artifact-routes.ts'
import { bountyRoutes } from './routes/bounty-routes.ts'
import { RouteMarket } from './routes/route-market.ts'
import { stakingRoutes } from './routes/staking-routes.ts'
import { statusRoutes } from './routes/status-routes.ts'
import { transactionRoutes } from './routes/transaction-routes.ts'

/* The tests of each group of routes stand in routes/; all of them share a chain and a daemon. */
const shared = RouteMarket.forTests()

statusRoutes(shared)
artifactRoutes(shared)
bountyRoutes(shared)
transactionRoutes(shared)
stakingRoutes(shared)
