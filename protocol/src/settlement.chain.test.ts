import fc from 'fast-check'
import { type Address, BaseError, ContractFunctionRevertedError, maxUint256 } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { generatedBounties } from '../../test/support/generated-bounties.ts'
import { GUID, MarketOnChain, type RegistryEvent } from '../../test/support/market-on-chain.ts'
import { propertyRuns } from '../../test/support/property-runs.ts'
import { bountyRegistryAbi } from './abis.ts'
import { commitmentOf, sealedCommitmentOf } from './commitment.ts'
import { guidToUint128, parseGuid } from './guid.ts'
import {
  postAssertionCall,
  postSealedAssertionCall,
  revealAssertionCall,
  settleBountyCall,
  voteOnBountyCall,
} from './market-call.ts'
import { MAX_ARTIFACTS_UNSEALED } from './mask.ts'
import { BOUNTY_PHASES, phaseAt, voteEnd, voteStart } from './phase.ts'
import { quorumReached } from './quorum.ts'
import { settle } from './settlement.ts'
import type { SettlementInput } from './settlement-input.ts'

/*
 * The twins of the Solidity rules against the Solidity itself: phases, quorum, commitment and settlement, on bounties with
 * generated bids, masks, missing reveals, missing votes and ties.
 */
const random = { ...(process.env.CI && { seed: 20_180_718 }), endOnFailure: true }
const guid = parseGuid(GUID)

let market: MarketOnChain
beforeAll(async () => {
  market = await MarketOnChain.start()
})
afterAll(() => market.stop())

/** How the parties act, besides what a settlement depends on. */
interface Conduct {
  nonces: bigint[]
  /** Arbiters that never vote. */
  absent: number
  /** Whether author and engines settle as soon as they can, before the last votes. */
  settleAtQuorum: boolean
  /** In which order they settle. */
  backwards: boolean
}

const nonce = fc.bigInt({ min: 1n, max: maxUint256 })
const conducts: fc.Arbitrary<Conduct> = fc.record({
  nonces: fc.array(nonce, { minLength: 5, maxLength: 5 }),
  absent: fc.nat(2),
  settleAtQuorum: fc.boolean(),
  backwards: fc.boolean(),
})

const absentArbiter = (index: number): Address => `0x${'f'.repeat(39)}${index}`

/** Engines with an odd nonce commit in the form of the original, where that is accepted. */
async function assertAndReveal(
  { assertions, assertionFee, numArtifacts }: SettlementInput,
  nonces: bigint[],
  expiration: number,
) {
  const { addresses } = market
  const metadata = 'QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o'
  const engines = assertions.map((assertion, i) => ({ ...assertion, nonce: nonces[i] ?? 1n }))
  for (const { author, mask, bids, verdicts, nonce } of engines) {
    await market.fund(
      author,
      bids.reduce((sum, bid) => sum + bid, assertionFee),
    )
    const secret = { guid, author, mask, verdicts: verdicts ?? 0n, metadata, nonce }
    const order = { guid, bids, mask }
    const call =
      numArtifacts <= MAX_ARTIFACTS_UNSEALED && nonce % 2n === 1n
        ? postAssertionCall(addresses, { ...order, commitment: commitmentOf(secret) })
        : postSealedAssertionCall(addresses, { ...order, commitment: sealedCommitmentOf(secret) })
    await market.send(author, call)
  }
  await market.mineTo(expiration - 1)
  for (const [index, { author, verdicts, nonce }] of engines.entries()) {
    if (verdicts === null) continue
    await market.send(author, revealAssertionCall(addresses, { guid, index, nonce, verdicts, metadata }))
  }
}

/** Plays a bounty on the chain and compares each step with what the TypeScript says. */
async function playOut(bounty: SettlementInput, { nonces, absent, settleAtQuorum, backwards }: Conduct): Promise<void> {
  const { author, assertions, votes, numArtifacts } = bounty
  const { addresses } = market
  const voters = votes.map(({ voter }) => voter)
  const silent = Math.max(absent, voters.length === 0 ? 1 : 0) // a bounty needs one arbiter at least
  const arbiters = [...voters, ...Array.from({ length: silent }, (_, i) => absentArbiter(i))]
  const players = [...new Set([author, ...assertions.map((assertion) => assertion.author)])]
  await market.rewind()
  for (const arbiter of arbiters) await market.addArbiter(arbiter)
  const supply = await market.supply()
  const windows = await market.post(bounty, {
    duration: 4 + 3 * assertions.length,
    reveal: 1 + assertions.length,
    vote: 1 + votes.length + players.length,
  })
  await assertAndReveal(bounty, nonces, windows.expiration)

  await market.mineTo(voteStart(windows) - 1)
  const outcome = settle(bounty)
  const events: RegistryEvent[] = []
  const collect = async (party: Address) =>
    events.push(...(await market.send(party, settleBountyCall(addresses, guid))))
  let reached = false
  for (const [index, { voter, votes: set }] of votes.entries()) {
    const said = await market.send(voter, voteOnBountyCall(addresses, { guid, votes: set, validBloom: true }))
    const quorum = quorumReached(votes.slice(0, index + 1), numArtifacts, arbiters.length)
    expect(said.some(({ eventName }) => eventName === 'QuorumReached')).toBe(quorum && !reached)
    if (quorum && !reached && settleAtQuorum) for (const player of players) await collect(player)
    reached = quorum
  }
  if (outcome.consensus !== null) expect(await market.consensus()).toBe(outcome.consensus)

  await market.mineTo(voteEnd(windows) - 1)
  const waiting = [...new Set(reached && settleAtQuorum ? voters : [...players, ...voters])]
  for (const party of backwards ? waiting.toReversed() : waiting) await collect(party)

  const paid = new Map<string, bigint>()
  const add = (address: Address, amount: bigint, to: Map<string, bigint>) =>
    to.set(address.toLowerCase(), (to.get(address.toLowerCase()) ?? 0n) + amount)
  let burned = 0n
  for (const { eventName, args } of events) {
    if (eventName === 'SettledBounty') add(args.settler, args.payout, paid)
    if (eventName === 'BurnedBids' || eventName === 'BurnedDust') burned += args.amount
  }
  const expected = new Map<string, bigint>()
  for (const payout of outcome.payouts) add(payout.address, payout.paid, expected)
  expect(paid).toEqual(expected)
  expect(burned).toBe(outcome.burned)
  expect(await market.balanceOf(addresses.bountyRegistry)).toBe(0n)
  expect(supply - (await market.supply())).toBe(burned)
}

test('generated bounties pay on the chain what settle() says, to the base unit, and nothing stays behind', async () => {
  const property = fc.asyncProperty(generatedBounties({ maxAssertions: 4, maxVotes: 4 }), conducts, playOut)
  await fc.assert(property, { ...random, numRuns: propertyRuns(40) })
}, 900_000)

test.each([3, 4, 5, 32, 33, 255])(
  'so does a bounty of %d artifacts with several parties',
  async (numArtifacts) => {
    const crowded = generatedBounties({ numArtifacts, maxAssertions: 4, maxVotes: 4 }).filter(
      ({ assertions, votes }) => assertions.length > 1 && votes.length > 1,
    )
    await fc.assert(fc.asyncProperty(crowded, conducts, playOut), { ...random, numRuns: 2 })
  },
  60_000,
)

test('so does a bounty of 256 artifacts, all of them bid on and voted on', async () => {
  const even = BigInt(`0x${'5'.repeat(64)}`)
  const bids = (engine: number) =>
    Array.from({ length: 256 }, (_, i) => 62_500_000_000_000_000n + BigInt(engine * 997 + i * i))
  const bounty: SettlementInput = {
    author: `0x${'c'.repeat(40)}`,
    amount: 512n * 10n ** 18n + 255n,
    numArtifacts: 256,
    bountyFee: 62_500_000_000_000_001n,
    assertionFee: 31_250_000_000_000_003n,
    assertions: [
      { author: `0x${'e'.repeat(39)}0`, mask: maxUint256, bids: bids(1), verdicts: maxUint256 },
      { author: `0x${'e'.repeat(39)}1`, mask: maxUint256, bids: bids(2), verdicts: even },
      { author: `0x${'e'.repeat(39)}2`, mask: maxUint256 >> 1n, bids: bids(3).slice(1), verdicts: null },
    ],
    votes: [
      { voter: `0x${'a'.repeat(39)}0`, votes: maxUint256 >> 64n },
      { voter: `0x${'a'.repeat(39)}1`, votes: even },
      { voter: `0x${'a'.repeat(39)}2`, votes: (1n << 255n) | 1n },
    ],
  }
  await playOut(bounty, { nonces: [maxUint256, 1n, 2n], absent: 0, settleAtQuorum: false, backwards: true })
}, 180_000)

test('phaseAt names the round that the registry is in, in each block around each border', async () => {
  const length = fc.integer({ min: 4, max: 60 })
  const property = fc.asyncProperty(length, length, length, fc.boolean(), async (duration, reveal, vote, agree) => {
    await market.rewind()
    const arbiter = absentArbiter(0)
    await market.addArbiter(arbiter)
    const terms = { author: market.owner.address, numArtifacts: 1, bountyFee: 0n, assertionFee: 0n }
    const windows = await market.post({ ...terms, amount: 2n * 10n ** 18n }, { duration: duration + 3, reveal, vote })
    const borders = [windows.expiration, voteStart(windows), voteEnd(windows)]
    let quorum = false
    for (const block of borders.flatMap((border) => [border - 1, border, border + 1])) {
      if (agree && block === voteStart(windows) + 1) {
        await market.send(arbiter, voteOnBountyCall(market.addresses, { guid, votes: 0n, validBloom: true }))
        quorum = true
      }
      await market.mineTo(block)
      expect(await market.head()).toBe(block)
      expect(BOUNTY_PHASES[Number(await market.round())]).toBe(phaseAt(windows, block, quorum))
    }
  })
  await fc.assert(property, { ...random, numRuns: propertyRuns(15) })
}, 900_000)

test('the registry computes the commitment that commitmentOf() computes', async () => {
  await market.rewind()
  await market.addArbiter(absentArbiter(0))
  const engine = `0x${'e'.repeat(40)}` as const
  const { addresses } = market
  const terms = { author: market.owner.address, numArtifacts: 1, bountyFee: 0n, assertionFee: 0n }
  const windows = await market.post({ ...terms, amount: 2n * 10n ** 18n }, { duration: 10, reveal: 50, vote: 50 })
  await market.fund(engine, 10n ** 18n)
  await market.send(engine, postAssertionCall(addresses, { guid, bids: [10n ** 18n], mask: 1n, commitment: 1n }))
  await market.mineTo(windows.expiration)
  const property = fc.asyncProperty(fc.bigInt({ min: 0n, max: maxUint256 }), nonce, async (verdicts, secret) => {
    const reveal = market.client.simulateContract({
      address: addresses.bountyRegistry,
      abi: bountyRegistryAbi,
      functionName: 'revealAssertion',
      args: [guidToUint128(guid), 0n, secret, verdicts, ''],
      account: engine,
    })
    const failure = await reveal.catch((error: unknown) => error)
    const revert =
      failure instanceof BaseError && failure.walk((cause) => cause instanceof ContractFunctionRevertedError)
    const { errorName, args } = (revert as ContractFunctionRevertedError).data ?? {}
    const commitment = commitmentOf({ verdicts, nonce: secret, author: engine })
    expect({ errorName, args }).toEqual({ errorName: 'AssertionCommitmentMismatch', args: [1n, commitment] })
  })
  await fc.assert(property, { ...random, numRuns: propertyRuns(50) })
}, 180_000)
