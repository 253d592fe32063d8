import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../../../test/support/free-port.ts'
import { eicarTestFile } from '../../artifacts/eicar.ts'
import { PolyswarmdClient } from '../../client/polyswarmd-client.ts'
import { Microengine } from '../../microengine/microengine.ts'
import { hasRedis, TestRedis } from '../../queue/redis.fixture.ts'
import { SteppedMarket } from '../../stepped-market.fixture.ts'
import { WebhookBackend } from './webhook-backend.ts'

/** An environment with the published engine library; CONTRIBUTING says how to make one. */
const environment = process.env.ENGINE_LIBRARY
const missing = (environment === undefined || !hasRedis) && process.env.CI !== 'true'
const why = missing ? ' (skipped: ENGINE_LIBRARY names no environment with it, or there is no redis-server)' : ''
const SCRIPT = fileURLToPath(new URL('../../../../.ci/peers/polyswarm-engine/eicar_engine.py', import.meta.url))

let market: SteppedMarket
let redis: TestRedis
let port: number
const children: ChildProcess[] = []

beforeAll(async () => {
  if (missing) return
  redis = await TestRedis.start()
  port = await freePort()
  const running = [
    start(['worker', '-Q', 'peer', '-l', 'info'], /ready\./),
    start(['devserver', '-p', `${port}`, '-s', 'qwertyuiop'], /Serving peer/),
  ]
  const started = SteppedMarket.start()
  await Promise.all(running)
  market = (await started).market
})
afterAll(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    process.kill(-(child.pid ?? 0), 'SIGKILL')
    await once(child, 'exit')
  }
  await market?.stop()
  await redis?.kill()
})

/** Runs the engine, as its author would, until it has said something. */
async function start(args: string[], ready: RegExp): Promise<void> {
  const child = spawn(join(environment ?? '', 'bin', 'python'), ['-u', SCRIPT, ...args], {
    // A process group of its own, so that what it starts ends with it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PSENGINE_BROKER_URL: redis.url, PSENGINE_BROKER_VHOST: '', LOG_LEVEL: 'INFO' },
  })
  children.push(child)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += text
      if (ready.test(output)) resolve()
    })
  }
  child.once('error', reject)
  child.once('exit', (code) => reject(new Error(`ended with ${code}:\n${output}`)))
  await promise
}

describe.skipIf(missing)(`the published engine library, unmodified${why}`, () => {
  it('answers bounties as the webhook of an engine of ours, is staked for and paid', async () => {
    const secretFile = join(market.market.directory, 'secret')
    await writeFile(secretFile, 'qwertyuiop')
    const backend = new WebhookBackend({ url: `http://127.0.0.1:${port}/peer`, secretFile })
    await market.arbiter()
    const engine = await market.engine(new Microengine({ name: 'front', backends: [backend] }))
    const before = await market.market.balanceOf(engine.address)
    await market.post([[eicarTestFile(), Buffer.from('a letter')], [Buffer.from('another letter')]], 60)
    await market.decided(2, [engine])
    const settled = async () =>
      (await market.market.events('SettledBounty')).filter(({ args }) => args.settler === engine.address)
    await market.mineUntil(async () => (await settled()).length === 2)
    const revealed = await market.market.events('RevealedAssertion')
    expect(revealed.map(({ args }) => args.verdicts).sort()).toEqual([0n, 1n])
    const found = revealed.find(({ args }) => args.verdicts === 1n)?.args.metadata ?? ''
    const client = new PolyswarmdClient({ url: new URL(market.market.url), account: engine.address, chain: 'side' })
    expect((await client.artifact(found, 0, { maxBytes: 10_000 })).toString()).toMatch(/"malware_family":"EICAR"/)
    client.close()
    expect(await market.market.balanceOf(engine.address)).toBeGreaterThan(before)
  })
})
