import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fencedLines, markdownFiles, ROOT } from './support/markdown.ts'

const files = markdownFiles()

/** Their commands are run in the order of each page, with its files: `test/tutorials.test.ts`. */
const READ_AS_PAGES = /^(docs\/tutorials|examples)\//

test('links lead somewhere', () => {
  const broken = files.flatMap(({ path, text }) =>
    [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !existsSync(join(ROOT, dirname(path), target)))
      .map((target) => `${path}: ${target}`),
  )
  expect(broken).toEqual([])
})

test('the engine that the README shows is the one in examples/', () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
  expect(readme).toContain(readFileSync(join(ROOT, 'examples/my-eicar.ts'), 'utf8'))
})

test('lines of prose are wrapped at 120 columns', () => {
  const isProse = (line: string) => !/^(\||#|!\[| {4}|<)/.test(line)
  const tooLong = files.flatMap(({ path, text }) =>
    text
      .replace(/^```.*?^```/gms, (block) => block.replace(/[^\n]/g, ''))
      .split('\n')
      // A word that is longer by itself cannot be wrapped.
      .flatMap((line, index) =>
        line.length > 120 && isProse(line) && / \S+ /.test(line) ? [`${path}:${index + 1}`] : [],
      ),
  )
  expect(tooLong).toEqual([])
})

/**
 * Every command of every other document is run, in a directory that looks like a checkout, with its own data directory. `npm ci`,
 * `npm test` and its parts are left out: this test is one of them.
 */
describe('commands do what they say', { timeout: 300_000 }, () => {
  const commands = [
    ...new Set(files.filter(({ path }) => !READ_AS_PAGES.test(path)).flatMap((file) => fencedLines(file, 'sh'))),
  ]
    .map((line) => line.replace(/^npm ci && /, ''))
    .filter((line) => !/^npm (ci|test|run check|run test:\w+)\b/.test(line))
  const needsMarket = (line: string) => /\.polyswarm\/|:31337/.test(line)
  let checkout: string
  let market: ChildProcess | undefined

  beforeAll(() => {
    checkout = mkdtempSync(join(tmpdir(), 'checkout-'))
    for (const entry of readdirSync(ROOT)) {
      if (!entry.startsWith('.polyswarm')) symlinkSync(join(ROOT, entry), join(checkout, entry))
    }
  })

  afterAll(async () => {
    if (market && market.exitCode === null && market.signalCode === null) {
      process.kill(-(market.pid ?? 0), 'SIGKILL')
      await once(market, 'close')
    }
    rmSync(checkout, { recursive: true, force: true })
  })

  function run(line: string): { child: ChildProcess; output: () => string } {
    const child = spawn('bash', ['-c', `set -o pipefail; ${line}`], {
      cwd: checkout,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
    return { child, output: () => output }
  }

  async function succeeds(line: string): Promise<void> {
    const { child, output } = run(line)
    const [status] = await once(child, 'close')
    expect(status, `${line}\n${output().slice(-3000)}`).toBe(0)
  }

  test('there are some', () => {
    expect(commands).toContain('npm start')
    expect(commands.filter(needsMarket).length).toBeGreaterThan(2)
  })

  // What one command keeps in a directory the next one needs.
  const inTurn = Object.groupBy(
    commands.filter((line) => line !== 'npm start' && !needsMarket(line)),
    (line) => / --data (\S+)/.exec(line)?.[1] ?? line,
  )
  const sequences = Object.values(inTurn).flatMap((lines = []) => [{ lines, name: lines.join('; ') }])
  test.concurrent.each(sequences)('$name', async ({ lines }) => {
    for (const line of lines) await succeeds(line)
  })

  test('npm start, and with it what joins its market', async () => {
    const { child, output } = run('npm start')
    market = child
    const open = new Promise<void>((resolve, reject) => {
      child.stdout?.on('data', () => output().includes('is over') && resolve())
      child.once('close', (status) => reject(new Error(`npm start ended with ${status}:\n${output()}`)))
    })
    await open
    await Promise.all(commands.filter(needsMarket).map(succeeds))
    const closed = once(child, 'close')
    process.kill(-(child.pid ?? 0), 'SIGINT')
    await closed
    expect(output()).not.toContain('is started again')
  })
})
