import { accessSync, constants, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MarketFile } from '@polyswarm/devnet'
import axe from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type MarketProcess, spawnMarketProcess } from './support/market-process.ts'

/** Debian's, or another that a variable names. */
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
/** Where pictures of the page are put, for people to look at; nowhere without it. */
const PICTURES = process.env.PAGE_PICTURES
const EICAR = 'WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo='
/** A name that does all that a name can do to a page, and turns the text behind it round. */
const HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>\u202Efdp.exe'
/** What is loaded before the market is seen, compressed, in bytes. */
const FIRST_LOAD = 200_000

function isThere(program: string): boolean {
  try {
    accessSync(program, constants.X_OK)
    return true
  } catch {
    return false
  }
}

// Where CI is set a machine without Chromium fails.
describe.skipIf(!isThere(CHROMIUM) && process.env.CI !== 'true')(
  'the page of a dev market',
  { timeout: 120_000 },
  () => {
    let folder: string
    let market: MarketProcess
    let file: MarketFile
    let browser: Browser
    let context: BrowserContext
    let page: Page
    /** What the page complains of, refused scripts and styles included. */
    let complaints: string[]

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'page-'))
      const data = join(folder, 'data')
      market = spawnMarketProcess(data, ['--page-port', '0', '--consumer-port', '0', '--block-time', '0.15'])
      const starting = market.line(/see the market/)
      browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
      await starting
      file = JSON.parse(readFileSync(join(data, 'market.json'), 'utf8')) as MarketFile
      if (PICTURES !== undefined) mkdirSync(PICTURES, { recursive: true })
    })
    afterAll(async () => {
      await browser?.close()
      await market?.stop()
      rmSync(folder, { recursive: true, force: true })
    })
    beforeEach(async () => {
      complaints = []
      context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' })
      page = await context.newPage()
      page.setDefaultTimeout(60_000)
      page.on('pageerror', (error) => complaints.push(String(error)))
      page.on('dialog', (dialog) => {
        complaints.push(`a script has run: ${dialog.message()}`)
        void dialog.dismiss()
      })
      page.on('console', (message) => {
        // What a server refuses, and that it does not answer, is told on the page.
        if (message.type() === 'error' && !/^(Failed to load resource|WebSocket connection)/.test(message.text())) {
          complaints.push(message.text())
        }
      })
    })
    afterEach(async () => {
      await context.close()
      expect(complaints).toEqual([])
    })

    const open = (path: string) => page.goto(`${file.dashboard}${path}`)
    const picture = async (name: string) => {
      if (PICTURES !== undefined) await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true })
    }
    const daemon = async (path: string) => {
      const answer = await fetch(`${file.polyswarmd}${path}`)
      return ((await answer.json()) as { result: unknown }).result
    }
    /** Nothing that keeps anybody from using a view, on a screen of any size, in light and in dark. */
    async function expectUsable(name: string): Promise<void> {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        await page.evaluate(axe.source)
        const found = await page.evaluate('axe.run(document).then(({ violations }) => violations)')
        const told = (found as { id: string; nodes: { html: string; failureSummary?: string }[] }[]).map(
          ({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`,
        )
        expect(told, `${name} in ${colorScheme}`).toEqual([])
        await picture(`${name}-${colorScheme}`)
      }
      for (const width of [360, 3840]) {
        await page.setViewportSize({ width, height: 900 })
        expect(
          await page.evaluate('document.documentElement.scrollWidth'),
          `${name}, ${width} wide`,
        ).toBeLessThanOrEqual(width)
        await picture(`${name}-${width}`)
      }
      await page.setViewportSize({ width: 1280, height: 900 })
    }

    test('the market is seen with little loaded, and a bounty of it adds up', async () => {
      let loaded = 0
      page.on('requestfinished', (request) => {
        if (!request.url().includes('/api/')) void request.sizes().then((sizes) => (loaded += sizes.responseBodySize))
      })
      await open('/')
      await page.getByRole('cell', { name: 'Over' }).first().waitFor()
      await expect.poll(() => loaded).toBeGreaterThan(50_000)
      expect(loaded).toBeLessThan(FIRST_LOAD)
      await expectUsable('market')
      await page.getByLabel('Phase').selectOption('finished')
      expect(page.url()).toContain('phase=finished')
      await page.getByRole('row').nth(1).getByRole('link').click()
      await page.getByText('It adds up').waitFor()
      await page.getByText('The chain paid exactly this.').waitFor()
      await page.getByRole('columnheader', { name: 'contrarian' }).waitFor()
      await page.getByText('was paid').first().waitFor()
      await expectUsable('bounty')
      // By keyboard: the formula behind a number.
      await page.locator('button.why').first().focus()
      await page.getByText('(reward) =').first().waitFor()
      await picture('bounty-formula')
    })

    test('the story of one file, from drop to settled, with a name that is hostile', async () => {
      await open('/ask')
      await page.locator('[data-part=files]').setInputFiles([
        { name: HOSTILE, mimeType: 'text/html', buffer: Buffer.from(EICAR, 'base64') },
        { name: 'quiet.txt', mimeType: 'text/plain', buffer: Buffer.from(`nothing to see, ${folder}\n`) },
      ])
      await page.getByText('not known yet').nth(1).waitFor()
      await page.getByText(/2 × \d/).waitFor()
      await expectUsable('ask')
      await page.getByRole('button', { name: 'Have 2 judged' }).click()
      await page.getByRole('link', { name: 'See the answer' }).first().click()
      await page.getByText('The arbiters say: malicious.').waitFor()
      await page.locator('li[aria-current=step]', { hasText: 'Settled' }).waitFor()
      await page.getByText('of 100').first().waitFor()
      expect(await page.locator('.asked-name').textContent()).toContain('\\u202e')
      await expectUsable('answer')
      const guid = (await page.locator('a[href^="/bounty/"]').getAttribute('href'))?.split('/').at(-1)
      const settled = (await daemon(
        `/bounties/${guid}/settlements?account=${file.accounts.consumer?.address}`,
      )) as object[]
      expect(settled.length).toBeGreaterThan(0)

      await page.getByRole('button', { name: 'Dispute' }).click()
      await page.getByLabel('Reason').fill('<b>I wrote it</b> myself')
      await page.getByRole('button', { name: 'Dispute it' }).click()
      await page.getByText('Disputes answer').waitFor()
      await page.getByText('<b>I wrote it</b> myself').waitFor()
      // A hash alone finds it, without a byte of it.
      await page.getByRole('link', { name: 'Ask' }).click()
      await page.getByLabel('URL or hash').fill('275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f')
      await page.getByRole('button', { name: 'Look up' }).click()
      await page.waitForURL('**/answer/*')
    })

    test('engines and arbiters are seen with what they are worth', async () => {
      await open('/engines')
      await page.getByRole('rowheader', { name: 'contrarian' }).waitFor()
      await expectUsable('engines')
      await page.getByRole('rowheader', { name: 'eicar' }).getByRole('link').click()
      await page.getByRole('heading', { name: 'Calibration' }).waitFor()
      await page.getByRole('img', { name: 'Earnings' }).waitFor()
      await expectUsable('engine')
      await page.getByRole('link', { name: 'Arbiter' }).click()
      await page.getByRole('rowheader', { name: 'arbiter' }).waitFor()
      await page.getByText('90').first().waitFor()
      await expectUsable('arbiter')
    })

    test('the blocks stand still, go one step and go on, and the faucet gives what is then in the account', async () => {
      await open('/operator')
      await page.getByText('Blocks are mined.').waitFor()
      await page.getByRole('button', { name: 'Pause' }).click()
      await page.getByText('Paused: no block is mined').waitFor()
      const blockOf = async () => ((await daemon('/status')) as { side: { block: number } }).side.block
      const { chainRpc } = file
      const mined = async () => {
        const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_blockNumber', params: [] })
        const answer = await fetch(chainRpc, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
        return Number(((await answer.json()) as { result: string }).result)
      }
      const held = await mined()
      await page.getByRole('button', { name: 'Mine one block' }).click()
      await expect.poll(mined).toBe(held + 1)
      await expect.poll(blockOf).toBe(held + 1)
      await expectUsable('operator')
      expect(await mined()).toBe(held + 1)
      await page.getByRole('button', { name: 'Go on', exact: true }).first().click()
      await page.getByText('Blocks are mined.').waitFor()

      const guest = file.accounts.guest?.address ?? ''
      const balance = async () => BigInt((await daemon(`/balances/${guest}/nct`)) as string)
      const before = await balance()
      await page.getByLabel('To account').fill(guest)
      await page.getByLabel('NCT', { exact: true }).fill('12.5')
      await page.getByRole('button', { name: 'Give' }).click()
      await expect.poll(balance, { timeout: 60_000 }).toBe(before + 12_500_000_000_000_000_000n)

      await page.getByRole('link', { name: 'Money' }).click()
      await page.getByRole('combobox', { name: 'Account' }).selectOption(guest.toLowerCase())
      await page.getByText('+12.5').first().waitFor()
      await expectUsable('money')
    })

    test('a connection that is lost is told of, and is resumed where it was', async () => {
      await open('/')
      await page.getByText(/^Block \d/).waitFor()
      market.killProgram('polyswarmd')
      await page.getByText('The connection was lost').waitFor()
      await page.getByText('Connected again').waitFor()
    })
  },
)
