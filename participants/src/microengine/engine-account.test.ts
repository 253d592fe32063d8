import { join } from 'node:path'
import { newGuid, transferCall } from '@polyswarm/protocol'
import { pino } from 'pino'
import { createWalletClient, http } from 'viem'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseGatewayUrl } from '../client/gateway-url.ts'
import { PolyswarmdClient } from '../client/polyswarmd-client.ts'
import { LyingGateway, TestMarket } from '../market.fixture.ts'
import { Journal } from '../runtime/journal/journal.ts'
import { marketOfGateway } from '../runtime/market/market.ts'
import type { ParticipantContext } from '../runtime/roles/role.ts'
import { EngineAccount } from './engine-account.ts'

const NCT = 10n ** 18n

let market: TestMarket
let gateway: LyingGateway
let journal: Journal
let client: PolyswarmdClient
let account: EngineAccount

beforeEach(async () => {
  market = await TestMarket.start()
  gateway = await LyingGateway.start(market.url, () => undefined)
  const { address } = market.accounts.engine.account
  client = new PolyswarmdClient({ url: parseGatewayUrl(gateway.url), account: address, chain: 'side' })
  journal = Journal.open(join(market.directory, 'account.sqlite'), { account: address, role: 'microengine' })
  account = new EngineAccount({ client, journal, logger: pino({ level: 'silent' }) } as unknown as ParticipantContext)
})

afterEach(async () => {
  journal.close()
  client.close()
  gateway.stop()
  await market.stop()
})

const asked = (path: RegExp) => gateway.requests.filter((request) => path.test(request)).length

/** Takes down a bounty and the promise of 100 NCT on it. */
function promise(): ReturnType<typeof newGuid> {
  const guid = newGuid()
  const { address: author } = market.accounts.rival.account
  const bounty = { guid, block: 1, author, artifactType: 'file', amount: 1n, uri: 'Qm', expiration: 50 } as const
  journal.bounties.announce({ ...bounty, metadata: null })
  const secret = { nonce: 1n, verdicts: 1n, mask: 1n, metadata: '[]', revealMetadata: '', commitment: 1n }
  journal.bounties.plan({ ...secret, guid, bids: [99n * NCT], fee: NCT })
  return guid
}

describe('what an engine has', () => {
  it('is asked for once a block, and each promise is taken off at once', async () => {
    expect(await Promise.all([account.free(5, 0n), account.free(5, 0n)])).toEqual([1_000n * NCT, 1_000n * NCT])
    promise()
    expect(await account.free(5, 0n)).toBe(900n * NCT)
    promise()
    expect(await account.free(5, 0n)).toBe(800n * NCT)
    expect(asked(/nct/)).toBe(1)
  })

  it('is not more because the chain took a promise after the balance was asked for', async () => {
    const guid = promise()
    expect(await account.free(5, 0n)).toBe(900n * NCT)
    journal.bounties.setPosted(guid, 0, 6)
    expect(await account.free(5, 0n)).toBe(900n * NCT)
  })

  it('loses a promise only once, where the chain took it before', async () => {
    const guid = promise()
    journal.bounties.setPosted(guid, 0, 5)
    // This chain has taken nothing: what the balance says counts.
    expect(await account.free(5, 0n)).toBe(1_000n * NCT)
  })

  it('is asked for again after eight blocks, or before there is too little: what another program spends shows by then', async () => {
    await account.free(5, 0n)
    const wallet = createWalletClient({ account: market.accounts.engine.account, transport: http(market.chain.rpcUrl) })
    const pin = marketOfGateway({ ...market.deployment, free: true })
    const call = transferCall(pin, market.accounts.rival.account.address, 300n * NCT)
    const hash = await wallet.sendTransaction({ ...call, chain: null, gasPrice: 0n })
    await market.node.waitForTransactionReceipt({ hash, pollingInterval: 20 })
    expect(await account.free(13, 1_000n * NCT)).toBe(1_000n * NCT)
    expect(await account.free(14, 0n)).toBe(700n * NCT)
    promise()
    expect(await account.free(15, 600n * NCT)).toBe(600n * NCT)
    expect(asked(/nct/)).toBe(2)
    expect(await account.free(15, 601n * NCT)).toBe(600n * NCT)
    expect(asked(/nct/)).toBe(3)
  })

  it('is asked for again after a re-org and on a new connection', async () => {
    await account.free(5, 0n)
    account.notice({ event: 'reorg', data: { number: 3 } })
    await account.free(5, 0n)
    account.notice({ event: 'connected', data: { start_time: '1' } })
    await account.free(5, 0n)
    expect(asked(/nct/)).toBe(3)
  })
})
