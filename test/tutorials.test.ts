import { globSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { ROOT } from './support/markdown.ts'
import { marketReader } from './support/tutorials/market-reader.ts'
import type { Reader } from './support/tutorials/reader.ts'

/*
 * A reader follows the tutorials to the letter, in an empty directory beside a checkout. The market that the first one
 * starts is that of the others, which begin once it is open. What a page has made is there when it is read again, so none
 * is.
 */
const PAGES = join(ROOT, 'docs/tutorials')
/** This one has a test of its own, `test/operator-page.test.ts`: its market begins with the contracts. */
const ELSEWHERE = ['market-for-your-team.md']
const FIRST = 'first-microengine.md'
/** Both let an arbiter in, which leaves again: after that, bounties wait for a vote that does not come. */
const LAST = ['docs/tutorials/say-the-truth.md', 'examples/arbiter/README.md']
/** Without the published Python programs the page about them is left out, and fails where CI=true. */
const hasPythonPeers = process.env.PYTHON_PEERS !== undefined || process.env.CI === 'true'
let reader: Reader

beforeAll(async () => {
  reader = await marketReader([
    // What is tested is installed already.
    [/^npm ci$/gm, 'true'],
    // Installed from the network, by Python 3.10 or 3.11: that there is such an environment, a variable says.
    [/^python3\.11 -m venv python\n.*$/gm, `ln -s '${process.env.PYTHON_PEERS ?? ''}' python`],
  ])
  const checkout = join(reader.directory, 'polyswarm')
  mkdirSync(checkout)
  for (const entry of readdirSync(ROOT)) {
    if (!entry.startsWith('.polyswarm')) symlinkSync(join(ROOT, entry), join(checkout, entry))
  }
})
afterAll(() => reader.leave())

/** Every page that shows commands, from the top of the repository. */
const pages = [
  ...readdirSync(PAGES)
    .filter((page) => ![FIRST, 'README.md', ...ELSEWHERE].includes(page))
    .map((page) => `docs/tutorials/${page}`),
  ...globSync('examples/*/README.md', { cwd: ROOT }),
].filter((page) => !LAST.includes(page) && (hasPythonPeers || !page.endsWith('old-engines.md')))

async function read(page: string): Promise<void> {
  await reader.read(join(ROOT, page), 'polyswarm')
}

/** Pages that are read at the same time: most of reading is waiting for bounties to end. */
const AT_A_TIME = 6
/** That the market is open, or why it is not. */
const market = Promise.withResolvers<void>()
market.promise.catch(() => undefined)
const readings = new Map<string, PromiseWithResolvers<void>>(pages.map((page) => [page, Promise.withResolvers()]))

/** Begins to read all pages but the first and the last, in the market that is open now. */
function readAll(): void {
  market.resolve()
  const waiting = [...readings]
  const next = async (): Promise<void> => {
    for (let reading = waiting.shift(); reading; reading = waiting.shift()) {
      const [page, { promise, resolve, reject }] = reading
      // A page that fails is told by its own test.
      promise.catch(() => undefined)
      await read(page).then(resolve, reject)
    }
  }
  for (let lane = 0; lane < AT_A_TIME; lane++) void next()
}

describe('a reader who follows a page to the letter', { timeout: 600_000, retry: 0 }, () => {
  test('has nothing but Node at the beginning of the first tutorial, and is paid at its end', async () => {
    const begun = performance.now()
    // The market that it starts is that of the others.
    const reading = reader.read(join(PAGES, FIRST), 'polyswarm', { goesOn: true, running: readAll })
    reading.catch(market.reject)
    await reading
    const seconds = (performance.now() - begun) / 1000
    process.stdout.write(`The first tutorial, followed to the letter, took ${seconds.toFixed(0)} s.\n`)
  })

  test.each(pages)('gets what it shows: %s', async (page) => {
    await market.promise
    await readings.get(page)?.promise
  })

  test.each(LAST)('gets what it shows: %s', (page) => read(page))
})
