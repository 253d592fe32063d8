import { fileURLToPath } from 'node:url'
import { test } from 'vitest'
import { gethSkipped, startGeth } from '../polyswarmd/test/geth.ts'
import { PAGE_LIMIT, typeOperatorPage } from './support/operator-page.ts'

const LIGHT_KEYSTORES = fileURLToPath(new URL('support/light-keystores.js', import.meta.url))

test.skipIf(gethSkipped !== '')(
  `the operator's page leads to a bounty that is paid on geth, where gas has its price${gethSkipped}`,
  { timeout: PAGE_LIMIT },
  async () => {
    const chain = await startGeth()
    await typeOperatorPage(chain, chain.fund, `--import=${LIGHT_KEYSTORES}`)
  },
)
