import { test } from 'vitest'
import { startAnvil } from './support/anvil.ts'
import { PAGE_LIMIT, typeOperatorPage } from './support/operator-page.ts'

test('the page leads from an empty directory to a bounty that is paid', { timeout: PAGE_LIMIT }, async () => {
  await typeOperatorPage(await startAnvil())
})
