import { gasBound } from '@polyswarm/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Polyswarmd } from '../src/index.ts'
import { OfferParties, signed } from './offer-party.ts'
import { type Answer, TestClient, TestMarket } from './test-market.ts'

/** No bound is further above what is used than this: bounds reserve money on a chain that is not free. */
const MOST_TIMES_USED = 6n

let market: TestMarket
let daemon: Polyswarmd
beforeAll(async () => {
  market = await TestMarket.start()
  daemon = await market.daemon({ chains: { home: market.deployment } })
})
afterAll(async () => {
  await daemon.stop()
  await market.stop()
})

test('no step of an offer runs out of gas where the node cannot estimate, nor is given much more', async () => {
  const used: Record<string, bigint> = {}
  const note = async (name: string, answer: Promise<Answer>) => {
    expect((await answer).body, name).toMatchObject({ status: 'OK' })
    const { transactions } = await market.client.getBlock()
    const { gasUsed } = await market.client.getTransactionReceipt({ hash: transactions[0] ?? '0x' })
    used[name] = gasUsed
  }
  const of = new OfferParties(new TestClient(daemon.url), market)
  const { ambassador, expert, guid } = of
  // Words full of bits are the dearest.
  const full = { mask: Array(256).fill(true), verdicts: Array(256).fill(true), offer_amount: Number.MAX_SAFE_INTEGER }
  await note('initialize', of.initialize())
  await note('uri', of.act(ambassador, `/${guid}/uri`, { websocketUri: `ws://localhost:31337/${'x'.repeat(11)}` }))
  const first = await of.state({ ...full, expert_balance: 50 })
  await note('open', of.act(ambassador, `/${guid}/open`, { state: first, ...(await signed(ambassador, first)) }))
  await note('join', of.act(expert, `/${guid}/join`, { state: first, ...(await signed(expert, first)) }))
  const later = { ...full, ambassador_balance: 30, expert_balance: 120 }
  await note('settle', of.act(ambassador, `/${guid}/settle`, await of.agreed({ ...later, nonce: 1 })))
  const latest = await of.agreed({ ...later, nonce: 2 })
  await note('challenge', of.act(expert, `/${guid}/challenge`, latest))
  await market.anvil.mine(12)
  await note('closeChallenged', of.act(expert, `/${guid}/closeChallenged`, latest))

  const agreed = new OfferParties(of.api, market)
  await agreed.establish()
  const closing = await agreed.agreed({ ...full, nonce: 9, close_flag: 1, ambassador_balance: 60, expert_balance: 40 })
  await note('close', agreed.act(expert, `/${agreed.guid}/close`, closing))

  const canceled = new OfferParties(of.api, market)
  await canceled.initialize()
  const state = await canceled.state()
  await canceled.act(ambassador, `/${canceled.guid}/open`, { state, ...(await signed(ambassador, state)) })
  await note('cancel', canceled.act(ambassador, `/${canceled.guid}/cancel`))

  const bounds: Record<string, bigint> = {
    initialize: gasBound.initializeOfferChannel(),
    uri: gasBound.setCommunicationUri(),
    open: gasBound.openAgreement(),
    join: gasBound.joinAgreement(),
    cancel: gasBound.cancelAgreement(),
    settle: gasBound.settleAgreement(),
    challenge: gasBound.settleAgreement(),
    closeChallenged: gasBound.settleAgreement(),
    close: gasBound.settleAgreement(),
  }
  if (process.env.GAS_TABLE)
    process.stdout.write(
      `${JSON.stringify({ used, bounds }, (_key, v) => (String(v) === '[object Object]' ? v : String(v)))}\n`,
    )
  expect(Object.keys(used).sort()).toEqual(Object.keys(bounds).sort())
  for (const [name, bound] of Object.entries(bounds)) {
    const gas = used[name] ?? 0n
    // A fifth more than was used here: balances that begin at zero cost more, refunds come too late to help.
    expect((gas * 6n) / 5n, name).toBeLessThan(bound)
    expect(bound, name).toBeLessThan(gas * MOST_TIMES_USED)
  }
})
