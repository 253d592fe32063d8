import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { NO_VARIABLES } from './external-variables.ts'
import type { ReadyRules } from './rule-set.ts'
import { YaraPool } from './yara-pool.ts'
import { YaraScanner } from './yara-scanner.ts'

const FOREVER = 'for all i in (0..filesize - 1) : (for all j in (0..filesize - 1) : (uint8(i) ^ uint8(j) < 256))'
const SLOW = `rule Slow { condition: filesize > 100000 and ${FOREVER} }`
/** So many that to compile them takes much longer than to scan with them. */
const MANY = Array.from({ length: 800 }, (_, i) => `rule R${i} { strings: $a = "text-${i}-" nocase condition: #a > 0 }`)
const RULES: ReadyRules = { texts: [SLOW, ...MANY] }

const live = () => new AbortController().signal
const slow = new Uint8Array(200_000)
const quick = new Uint8Array(Buffer.from('text-7-'))

let pool: YaraPool
/** Processes that were there before: those of other tests in this process. */
let others: readonly number[]

beforeEach(() => {
  others = allChildren()
})
afterEach(() => pool.end())

async function start(most: number): Promise<void> {
  pool = new YaraPool(RULES, { build: 'auto', most })
  await pool.start(new YaraScanner(RULES))
}

/** The processes of the pool. */
function children(): number[] {
  return allChildren().filter((pid) => !others.includes(pid))
}

function allChildren(): number[] {
  const listed = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
  return listed.split(' ').filter(Boolean).map(Number)
}

/** Has an artifact scanned that is slow, and ends it once it is being scanned. */
async function costOneProcess(): Promise<void> {
  const limit = new AbortController()
  const scan = pool.scan(slow, NO_VARIABLES, limit.signal)
  await new Promise((resolve) => setImmediate(resolve))
  limit.abort(new Error('too late'))
  await expect(scan).rejects.toThrow('too late')
}

it('lets no artifact wait for rules to be compiled while a process is ready', { timeout: 300_000 }, async () => {
  await start(2)
  for (let round = 0; round < 2; round++) {
    const events: string[] = []
    await costOneProcess()
    // The replacement takes no less than this one, which compiles the same.
    const another = new YaraScanner(RULES)
    const compiled = another.ready.then(() => events.push('compiled'))
    const answered = pool.scan(quick, NO_VARIABLES, live()).then((matches) => {
      events.push(`answered ${matches.map(({ identifier }) => identifier)}`)
    })
    await Promise.all([compiled, answered])
    await another.end()
    expect(events).toEqual(['answered R7', 'compiled'])
    // The other one is there again.
    await vi.waitFor(() => expect(children()).toHaveLength(2), { timeout: 60_000 })
    await Promise.all([quick, quick].map((content) => pool.scan(content, NO_VARIABLES, live())))
  }
})

it('ends no process that compiles because an artifact can wait no longer', { timeout: 300_000 }, async () => {
  await start(1)
  await costOneProcess()
  await vi.waitFor(() => expect(children()).toHaveLength(1), 60_000)
  const compiling = children()
  await expect(pool.scan(quick, NO_VARIABLES, AbortSignal.timeout(1))).rejects.toThrow(/timeout/)
  expect(await pool.scan(quick, NO_VARIABLES, live())).toMatchObject([{ identifier: 'R7' }])
  expect(children()).toEqual(compiling)
})

it('tells who waits why there is no process, and does not try without end', async () => {
  const broken: ReadyRules = { texts: ['rule Broken { nonsense }'] }
  pool = new YaraPool(broken, { build: 'auto', most: 2 })
  await expect(pool.start(new YaraScanner(broken))).rejects.toThrow(/syntax error/)
  await vi.waitFor(() => expect(children()).toEqual([]), { timeout: 60_000 })
  await expect(pool.scan(quick, NO_VARIABLES, live())).rejects.toThrow(/syntax error/)
  await vi.waitFor(() => expect(children()).toEqual([]), { timeout: 60_000 })
})
