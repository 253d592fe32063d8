import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eicarTestFile } from '../../../participants/src/artifacts/eicar.ts'
import { TestMarket } from '../../../participants/src/market.fixture.ts'

/** The public command line for Python; CONTRIBUTING says how to install it. */
const polyswarm = process.env.POLYSWARM_CLI
const missing = polyswarm === undefined && process.env.CI !== 'true'
const why = missing ? ' (skipped: POLYSWARM_CLI names none)' : ''

let market: TestMarket
let api: string
beforeAll(async () => {
  if (missing) return
  market = await TestMarket.start({ blockTime: 0.05, revealWindow: 16, voteWindow: 24 })
  const { arbiter, engine, ambassador } = market.accounts
  const programs = [
    market.run('arbiter', arbiter, ['--backend', 'eicar']).said(/staked stake/),
    market.run('microengine', engine, ['--backend', 'eicar']).said(/ready/),
  ]
  const options = ['--port', '0', '--data', join(market.directory, 'service'), '--duration', '24']
  const service = market.run('consumer', ambassador, options)
  await Promise.all([...programs, service.said(/ready/), service.said(/the consumer API is served/)])
  api = /http:\/\/127\.0\.0\.1:\d+\/v3/.exec(service.output)?.[0] ?? ''
})
afterAll(async () => {
  await market?.stop()
})

async function ask(...args: string[]): Promise<string> {
  const env = { ...process.env, POLYSWARM_API_URI: api, POLYSWARM_API_KEY: '0'.repeat(32) }
  return (await promisify(execFile)(polyswarm ?? '', args, { env })).stdout
}

describe.skipIf(missing)(`the public command line for Python, unmodified${why}`, () => {
  it('scans a file, finds it by its hash, and knows whose key it has', { timeout: 180_000 }, async () => {
    const file = join(market.directory, 'eicar.bin')
    await writeFile(file, eicarTestFile())
    expect(await ask('scan', 'file', file)).toMatch(/Detections: 1\/1 engines reported malicious/)
    const hash = createHash('sha256').update(eicarTestFile()).digest('hex')
    expect(await ask('search', 'hash', hash)).toContain(hash)
    expect(await ask('account', 'whois')).toContain('local')
    expect(await ask('stream', market.directory)).toMatch(/artifacts-1-1\.zip/)
    const engine = market.accounts.engine.account.address
    expect(await ask('engine', 'assertions', 'create', engine, '2026-01-01', '2126-01-01')).toContain('True Positive')
    expect(await ask('search', 'metadata', 'extension:bin', '--include', 'scan.*.total')).toContain(hash)
    expect(await ask('search', 'mapping')).toContain('family')
    expect(await ask('search', 'ioc', 'sha256', hash)).toContain('IPs:')
    expect(await ask('account', 'features')).toContain('submissions_per_hour')
    const hook = ['https://example.org/hook', 'a long secret', '--status', 'disabled']
    expect(await ask('notification', 'webhook', 'create', ...hook)).toContain('disabled')
    expect(await ask('notification', 'webhook', 'list')).toContain('https://example.org/hook')
  })
})
