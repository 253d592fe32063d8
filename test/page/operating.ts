import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { keyboardTour } from './keyboard-tour.ts'
import type { PageMarket } from './page-market.ts'
import { docsPicture, expectUsable } from './usable-view.ts'

/** What people do who decide for an arbiter, and who run a market. */
export function operating(shared: PageMarket): void {
  test('a person decides what the arbiter does not know, and that is its vote', async () => {
    const { page } = shared
    await shared.open('/operator')
    await page.getByText('Blocks are mined.').waitFor()
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByText('Paused: no block is mined').waitFor()
    const before = (await shared.newestBounty())?.guid
    const choosing = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Post a file' }).click()
    const content = `never seen before, ${Date.now()}`
    await (await choosing).setFiles({ name: 'new.txt', mimeType: 'text/plain', buffer: Buffer.from(content) })
    await page.getByText('Posted.').waitFor()
    const step = page.getByRole('button', { name: 'Mine one block' })
    await expect
      .poll(
        async () => {
          await step.click()
          return (await shared.newestBounty())?.guid
        },
        { interval: 300, timeout: 60_000 },
      )
      .not.toBe(before)
    const guid = (await shared.newestBounty())?.guid ?? ''
    await page.getByRole('link', { name: 'Arbiter' }).click()
    const waiting = page.getByRole('form').filter({ has: page.locator(`a[href="/bounty/${guid}"]`) })
    await waiting.getByText('Evidence').click()
    await waiting.getByText('new.txt').waitFor()
    await expectUsable(page, 'queue')
    await docsPicture(page, 'queue')
    await waiting.getByLabel('Why').fill('it says so itself')
    await waiting.getByRole('button', { name: 'Malicious' }).click()
    await waiting.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Go on', exact: true }).click()
    const votes = () => shared.daemon<{ votes: boolean[] }[]>(`/bounties/${guid}/votes`)
    await expect.poll(async () => (await votes()).map((vote) => vote.votes)).toEqual([[true]])
  })

  test('keys are made and revoked, and a webhook is told of what is posted at a click', async () => {
    const { page } = shared
    const secret = 'a secret of this test'
    const heard: string[] = []
    const hook = createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray())
      const signature = createHmac('sha256', secret).update(body).digest('hex')
      const isSigned = request.headers['x-polyswarm-signature'] === signature
      response.writeHead(isSigned ? 204 : 401).end()
      if (isSigned) heard.push(String(request.headers['x-polyswarm-event']))
    })
    hook.listen(0, '127.0.0.1')
    await once(hook, 'listening')
    try {
      await shared.open('/operator')
      await page.getByRole('button', { name: 'Make another key' }).click()
      const key = await page.locator('[role=status] code').textContent()
      await page.getByRole('button', { name: 'Keys and account' }).click()
      await page.getByLabel('API key of the consumer service').fill(key ?? '')
      await page.getByRole('button', { name: 'Done' }).click()
      await page.getByText('in use', { exact: true }).waitFor()
      // It is in the memory of the page, and nowhere else.
      const kept = 'JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie])'
      expect(await page.evaluate(kept)).not.toContain(key)
      await page.getByRole('button', { name: 'Revoke key' }).first().click()
      await page.getByText('There is none: this service answers without a key.').waitFor()

      await page.getByLabel('Address').fill(`http://127.0.0.1:${(hook.address() as AddressInfo).port}/`)
      await page.getByLabel('Secret, at least 8 characters').fill(secret)
      await page.getByRole('button', { name: 'Add a webhook' }).click()
      await page.getByRole('button', { name: 'Ping it' }).click()
      await page.getByText('It answered.').waitFor()
      await page.getByText('takes what it gets', { exact: true }).waitFor()
      await page.getByRole('button', { name: 'Post the EICAR test file' }).click()
      await page.getByText('Deliveries').click()
      await page.getByRole('cell', { name: 'taken' }).first().waitFor()
      // What was posted before may be told of first.
      await expect.poll(() => heard).toContain('instance_judged')
      await expectUsable(page, 'operator')
      await page.getByRole('button', { name: 'Turn off' }).click()
      await page.getByText('off', { exact: true }).waitFor()
      await page.getByRole('button', { name: 'Delete' }).click()
      await page.getByText('You have none.').waitFor()
    } finally {
      hook.closeAllConnections()
      hook.close()
    }
  })

  test('the blocks stand still, go one step and go on, and the faucet gives what is then in the account', async () => {
    const { page, file } = shared
    await shared.open('/operator')
    await page.getByText('Blocks are mined.').waitFor()
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByText('Paused: no block is mined').waitFor()
    const blockOf = async () => (await shared.daemon<{ side: { block: number } }>('/status')).side.block
    const mined = async () => {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_blockNumber', params: [] })
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(file.chainRpc, { method: 'POST', headers, body })
      return Number(((await answer.json()) as { result: string }).result)
    }
    const held = await mined()
    await page.getByRole('button', { name: 'Mine one block' }).click()
    await expect.poll(mined).toBe(held + 1)
    await expect.poll(blockOf).toBe(held + 1)
    // What a keyboard alone reaches, while nothing moves below it.
    for (const view of ['/', '/bounties', '/ask', '/engines', '/arbiter', '/money', '/operator']) {
      await shared.open(view)
      await page.waitForLoadState('networkidle')
      expect(await keyboardTour(page), view).toEqual({ missed: [], unseen: [] })
    }
    expect(await mined()).toBe(held + 1)
    await page.getByLabel('Seconds between blocks').fill('0.2')
    await page.getByRole('button', { name: 'Set' }).click()
    const pace = async () => (await (await fetch(`${file.dashboard}/api/dev/blocks`)).json()) as object
    await expect.poll(pace).toEqual({ running: false, block_time: 0.2 })
    await page.getByRole('button', { name: 'Go on', exact: true }).first().click()
    await page.getByText('Blocks are mined.').waitFor()

    const guest = file.accounts.guest?.address ?? ''
    const balance = async () => BigInt(await shared.daemon<string>(`/balances/${guest}/nct`))
    const before = await balance()
    await page.getByLabel('To account').fill(guest)
    await page.getByLabel('NCT', { exact: true }).fill('12.5')
    await page.getByRole('button', { name: 'Give' }).click()
    await expect.poll(balance, { timeout: 60_000 }).toBe(before + 12_500_000_000_000_000_000n)

    await page.getByRole('link', { name: 'Money' }).click()
    await page.getByRole('combobox', { name: 'Account' }).selectOption(guest.toLowerCase())
    await page.getByText('+12.5').first().waitFor()
    await expectUsable(page, 'money')
    // Who has nothing is warned before it matters.
    await page.getByLabel('Another address').fill(`0x${'12'.repeat(20)}`)
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await page.getByText('it does not cover one more bounty').waitFor()
  })
}
