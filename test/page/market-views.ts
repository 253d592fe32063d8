import { expect, test } from 'vitest'
import type { PageMarket } from './page-market.ts'
import { docsPicture, expectUsable, picture } from './usable-view.ts'

/** What is loaded before the market is seen, compressed, in bytes. */
const FIRST_LOAD = 200_000

/** The market, its bounties, and what its engines and arbiters are worth. */
export function marketViews(shared: PageMarket): void {
  test('the market is seen with little loaded, and a bounty of it adds up', async () => {
    const { page, file } = shared
    let loaded = 0
    page.on('requestfinished', (request) => {
      if (!request.url().includes('/api/')) void request.sizes().then((sizes) => (loaded += sizes.responseBodySize))
    })
    await shared.open('/')
    await page.getByRole('cell', { name: 'Over' }).first().waitFor()
    await expect.poll(() => loaded).toBeGreaterThan(50_000)
    expect(loaded).toBeLessThan(FIRST_LOAD)
    await shared.standStill()
    await expectUsable(page, 'market')
    await docsPicture(page, 'market')
    // By whose they are, by type and by phase.
    for (const [account, shown] of [
      [file.accounts.guest, page.getByText('No bounty matches.')],
      [file.accounts.ambassador, page.getByRole('cell', { name: 'Over' }).first()],
    ] as const) {
      await page.getByRole('button', { name: 'Keys and account' }).click()
      await page.getByLabel('Your account').fill(account?.address ?? '')
      await page.getByRole('button', { name: 'Done' }).click()
      await page.getByLabel('Mine', { exact: true }).check()
      await shown.waitFor()
    }
    await page.getByLabel('Type').selectOption('url')
    await page.getByText('No bounty matches.').waitFor()
    await page.getByLabel('Type').selectOption('file')
    await page.getByLabel('Phase').selectOption('finished')
    const filter = Object.fromEntries(new URL(page.url()).searchParams)
    expect(filter).toEqual({ mine: 'true', type: 'file', phase: 'finished' })
    await page.getByRole('row').nth(1).getByRole('link').click()
    await page.getByText('It adds up').waitFor()
    await page.getByText('The chain paid exactly this.').waitFor()
    await page.getByRole('columnheader', { name: 'contrarian' }).waitFor()
    await page.getByText('was paid').first().waitFor()
    await expectUsable(page, 'bounty')
    await docsPicture(page, 'bounty')
    // By keyboard: the formula behind a number, also where a busy engine had no time, and nobody was right.
    await page.locator('button.why').first().focus()
    const formula = page.getByText(/\(reward\) =|nobody was right, the reward of .* goes back/)
    await formula.first().waitFor()
    await picture(page, 'bounty-formula')
    // All digits where they are wanted.
    const amount = page.locator('main data.amount').first()
    const exact = await amount.getAttribute('title')
    await page.getByLabel('All digits').check()
    expect((await amount.textContent())?.replace(/\s+/g, ' ')).toBe(exact)
    // Bounties of the past are there, a page at a time.
    await page.getByRole('link', { name: 'Market' }).first().click()
    await page.getByRole('link', { name: 'All bounties' }).click()
    await page.getByRole('rowheader').first().waitFor()
    await expectUsable(page, 'archive')
  })

  test('engines and arbiters are seen with what they are worth', async () => {
    const { page } = shared
    await shared.standStill()
    await shared.open('/engines')
    await page.getByRole('rowheader', { name: 'contrarian' }).waitFor()
    await expectUsable(page, 'engines')
    await page.getByRole('rowheader', { name: 'eicar' }).getByRole('link').click()
    await page.getByRole('heading', { name: 'Calibration' }).waitFor()
    await page.getByRole('img', { name: 'Earnings' }).waitFor()
    await page.getByRole('img', { name: 'Right over time' }).waitFor()
    await page.getByRole('img', { name: 'Response time' }).waitFor()
    await page.getByRole('group', { name: 'By type of file' }).getByRole('rowheader', { name: 'text/plain' }).waitFor()
    await page.getByRole('listitem').filter({ hasText: 'yara' }).first().waitFor()
    await expectUsable(page, 'engine')
    await page.getByRole('link', { name: 'Arbiter' }).click()
    const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'arbiter' }) })
    await row.waitFor()
    await page.getByText('90').first().waitFor()
    await row.getByText(/block \d+/).waitFor()
    await expectUsable(page, 'arbiter')
  })
}
