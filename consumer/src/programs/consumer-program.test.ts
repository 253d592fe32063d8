import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Instance } from '@polyswarm/protocol/consumer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eicarTestFile } from '../../../participants/src/artifacts/eicar.ts'
import { type RunningProgram, TestMarket } from '../../../participants/src/market.fixture.ts'
import { ConsumerClient } from '../consumer-client.fixture.ts'

let market: TestMarket
let serving: RunningProgram

beforeAll(async () => {
  market = await TestMarket.start({ blockTime: 0.25, revealWindow: 16, voteWindow: 24 })
  const arbiter = market.run('arbiter', market.accounts.arbiter, ['--backend', 'eicar'])
  const engine = market.run('microengine', market.accounts.engine, ['--backend', 'eicar'])
  await Promise.all([arbiter.said(/staked stake/), engine.said(/ready/)])
})

afterAll(async () => {
  await market.stop()
})

async function serve(): Promise<ConsumerClient> {
  const data = join(market.directory, 'service')
  serving = market.run('consumer', market.accounts.ambassador, ['--port', '0', '--data', data, '--duration', '24'])
  await serving.said(/the consumer API is served/)
  return new ConsumerClient(urlOf(serving))
}

function urlOf({ output }: RunningProgram): string {
  return /http:\/\/127\.0\.0\.1:\d+\/v3/.exec(output)?.[0] ?? ''
}

async function waitFor(client: ConsumerClient, id: string, met: (instance: Instance) => boolean): Promise<Instance> {
  for (;;) {
    const instance = await client.instance(id)
    if (met(instance)) return instance
    await delay(50)
  }
}

test('what was accepted is answered, and posted once, though the service is killed again and again', async () => {
  let client = await serve()
  // What an artifact costs is known once the market has been reached.
  await serving.said(/ready/)
  const ids = [(await client.scan(eicarTestFile())).id]
  await serving.kill('SIGKILL')
  for (const line of [/uploaded/, /posted/, /ready/]) {
    client = await serve()
    // In the middle of whatever it does next.
    await serving.said(line)
    ids.push((await client.scan(`file ${ids.length}`)).id)
    await serving.kill('SIGKILL')
  }
  client = await serve()
  const done = []
  for (const id of ids) done.push(await waitFor(client, id, ({ state }) => state === 'settled' || state === 'failed'))
  expect(done.map(({ state, truth }) => [state, truth])).toEqual([
    ['settled', true],
    ...Array(3).fill(['settled', false]),
  ])
  const posted = await market.events('NewBounty')
  expect(new Set(posted.map(({ args }) => args.guid)).size).toBe(posted.length)
  const artifacts = new Map(done.map(({ bounty }) => [bounty?.guid, bounty?.artifacts ?? 0]))
  expect(posted).toHaveLength(artifacts.size)
  expect([...artifacts.values()].reduce((sum, count) => sum + count)).toBe(ids.length)
})
