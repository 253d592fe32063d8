import { accessSync, constants, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { MarketFile } from '@polyswarm/devnet'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { type MarketProcess, spawnMarketProcess } from '../support/market-process.ts'

/** Debian's, or another that a variable names. */
export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** Seconds between two blocks, and while nobody but time is waited for. */
const BLOCK_TIME = 0.6
const SHORT_BLOCK_TIME = 0.15
/** Engines of the market, all of which assert on a file. */
const ENGINES = 3
/** Milliseconds between two looks at what the engines have yet to do. */
const LOOK_INTERVAL = 100

/** Where CI is set a machine without Chromium fails. */
export const canBeSeen = isThere(CHROMIUM) || process.env.CI === 'true'

/** What a list says of a bounty, as far as tests ask. */
export interface ListedBounty {
  guid: string
  artifact_type: string
  phase: string
  assertions: number
}

/** A dev market in which people decide what the arbiter does not know, with its page in Chromium: one for all tests. */
export class PageMarket {
  market!: MarketProcess
  file!: MarketFile
  browser!: Browser
  context!: BrowserContext
  page!: Page
  /** A folder for files that are dropped. */
  folder!: string
  /** What the page complains of, refused scripts and styles included; what a test takes out of it is not held against it. */
  complaints: string[] = []
  #pacing: Promise<void> = Promise.resolve()
  readonly #isOver = new AbortController()

  /** Has the tests that are registered next to it find it. */
  static forTests(): PageMarket {
    const shared = new PageMarket()
    beforeAll(() => shared.#start())
    afterAll(() => shared.#stop())
    beforeEach(() => shared.#open())
    afterEach(async ({ task }) => {
      if (task.result?.state === 'fail') process.stderr.write(shared.market.report())
      await shared.context.close()
      expect(shared.complaints).toEqual([])
    })
    return shared
  }

  /** Opens a view. */
  open(path: string) {
    return this.page.goto(`${this.file.dashboard}${path}`)
  }

  /** What the daemon answers. */
  async daemon<Result>(path: string): Promise<Result> {
    const url = new URL(path, this.file.polyswarmd)
    if (!url.searchParams.has('account')) url.searchParams.set('account', `0x${'0'.repeat(40)}`)
    const answer = await fetch(url)
    return ((await answer.json()) as { result: Result }).result
  }

  /** The bounty that was posted last; undefined where there is none. */
  async newestBounty(): Promise<ListedBounty | undefined> {
    return (await this.daemon<{ bounties: ListedBounty[] }>('/bounties/list?order=newest&limit=1')).bounties[0]
  }

  /**
   * Lets no more blocks come until the next test: each is work for the page and nine programs, and every view that is opened
   * later reads what has happened in it.
   */
  standStill(): Promise<void> {
    return this.#mine(false)
  }

  /** Has blocks come, or none, once the market is open. */
  async #mine(running: boolean): Promise<void> {
    await expect.poll(async () => (await this.#setBlocks({ running })).status).toBe(200)
  }

  #setBlocks(change: { running: boolean } | { block_time: number }): Promise<Response> {
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify(change)
    return fetch(`${this.file.dashboard}/api/dev/blocks`, { method: 'POST', headers, body })
  }

  /**
   * Has blocks come faster while a window only has to pass: what the tests look at was judged by all engines, however busy this
   * machine is. Ends with the market.
   */
  async #keepPace(): Promise<void> {
    let pace = BLOCK_TIME
    while (!this.#isOver.signal.aborted) {
      // Between two tests, and while the market ends, it may not answer.
      const wanted = await this.#paceNow().catch(() => pace)
      if (wanted !== pace) {
        const answer = await this.#setBlocks({ block_time: wanted }).catch(() => undefined)
        if (answer?.ok) pace = wanted
      }
      await delay(LOOK_INTERVAL, undefined, { signal: this.#isOver.signal }).catch(() => undefined)
    }
  }

  /** Engines that have yet to assert on a file or to reveal have time for it, and so has what was not posted yet. */
  async #paceNow(): Promise<number> {
    const { bounties } = await this.daemon<{ bounties: ListedBounty[] }>('/bounties/list?order=newest&limit=5')
    let pace = BLOCK_TIME
    for (const { guid, phase, artifact_type: type, assertions } of bounties) {
      if (phase === 'finished') continue
      if (phase === 'assertion' && type === 'file' && assertions < ENGINES) return BLOCK_TIME
      if (phase === 'reveal') {
        const made = await this.daemon<{ verdicts: unknown }[]>(`/bounties/${guid}/assertions`)
        if (made.some(({ verdicts }) => verdicts === null)) return BLOCK_TIME
      }
      pace = SHORT_BLOCK_TIME
    }
    return pace
  }

  async #start(): Promise<void> {
    this.folder = mkdtempSync(join(tmpdir(), 'page-'))
    const data = join(this.folder, 'data')
    const ports = ['--page-port', '0', '--consumer-port', '0']
    const size = ['--engines', String(ENGINES), '--block-time', String(BLOCK_TIME)]
    this.market = spawnMarketProcess(data, [...ports, ...size, '--manual'])
    const starting = this.market.line(/see the market/)
    this.browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
    await starting
    this.file = JSON.parse(readFileSync(join(data, 'market.json'), 'utf8')) as MarketFile
    this.#pacing = this.#keepPace()
    mkdirSync(join(this.folder, 'dropped'))
  }

  async #stop(): Promise<void> {
    this.#isOver.abort()
    await this.#pacing
    await this.browser?.close()
    await this.market?.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }

  async #open(): Promise<void> {
    this.complaints = []
    // A test that was cut short leaves nothing to the next.
    await this.#mine(true)
    this.context = await this.browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' })
    this.page = await this.context.newPage()
    this.page.setDefaultTimeout(45_000)
    this.page.on('pageerror', (error) => this.complaints.push(String(error)))
    this.page.on('dialog', (dialog) => {
      this.complaints.push(`a script has run: ${dialog.message()}`)
      void dialog.dismiss()
    })
    this.page.on('console', (message) => {
      // What a server refuses, and that it does not answer, is told on the page.
      if (message.type() === 'error' && !/^(Failed to load resource|WebSocket connection)/.test(message.text())) {
        this.complaints.push(message.text())
      }
    })
  }
}

function isThere(program: string): boolean {
  try {
    accessSync(program, constants.X_OK)
    return true
  } catch {
    return false
  }
}
