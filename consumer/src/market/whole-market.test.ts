import { deployMarket } from '@polyswarm/polyswarmd/deploy'
import {
  approveCall,
  bloomOf,
  depositStakeCall,
  type Guid,
  type MarketAddresses,
  type MarketCall,
  newGuid,
  parseNct,
  postBountyCall,
  postSealedAssertionCall,
  revealAssertionCall,
  type SettledAssertion,
  sealedCommitmentOf,
  settle,
  settleBountyCall,
  voteOnBountyCall,
} from '@polyswarm/protocol'
import { type Address, encodeFunctionData, type Hex, parseAbi } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startAnvil, type TestChain } from '../../../test/support/anvil.ts'
import { type AnsweredArtifact, MarketScore } from './market-score.ts'

/*
 * A market of 200 bounties on the real contracts, in which engines are honest, lazy, copy, collude or mean harm. What each
 * says is drawn from a seed; what becomes of it is the contracts' to say. Half of the artifacts are malicious, and the fee of
 * an assertion is higher than usual: at the usual one who always says the same would gain (docs/operators/economics.md).
 */
const BOUNTIES = 200
/** Bounties that are open at the same time. */
const AT_A_TIME = 25
const DURATION = 4
const WINDOW = 3
const AMOUNT = parseNct('2')
const [SMALL, LARGE] = [parseNct('0.25'), parseNct('1')]
const MALICIOUS = 0.5
const FEE_ABI = parseAbi(['function setAssertionFee(uint256 newAssertionFee)'])
const FEES = { bountyFee: parseNct('0.0625'), assertionFee: parseNct('0.5') }

/** What an engine says of an artifact, and what it puts on that. */
interface Said {
  malicious: boolean
  bid: bigint
}

const NAMES = [
  ...['honest 1', 'honest 2', 'honest 3', 'honest 4'],
  ...['always malicious', 'always benign', 'copier', 'colluder 1', 'colluder 2', 'colluder 3', 'malicious'],
] as const
type Name = (typeof NAMES)[number]

let state = 20_260_101
const random = (): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return state / 4_294_967_296
}

/** Somebody who looks: sure of half of what it sees, and right about that more often. */
function looked(truth: boolean): Said {
  const sure = random() < 0.5
  const right = random() < (sure ? 0.97 : 0.85)
  return { malicious: right === truth, bid: sure ? LARGE : SMALL }
}

/** What everybody says of one artifact. The copier has nothing to say of its own, and the lazy ones do not look. */
function sayings(truth: boolean): Map<Name, Said> {
  const isLie = random() < 0.4
  const wrong: Said = { malicious: !truth, bid: LARGE }
  return new Map(
    NAMES.map((name): [Name, Said] => {
      const own = looked(truth)
      if (name.startsWith('colluder')) return [name, isLie ? wrong : own]
      if (name === 'malicious') return [name, wrong]
      if (name.startsWith('always')) return [name, { malicious: name === 'always malicious', bid: LARGE }]
      return [name, own]
    }),
  )
}

const accounts = new Map(NAMES.map((name) => [name, privateKeyToAccount(generatePrivateKey()).address]))
const others = ['deployer', 'ambassador', 'arbiter'] as const
const keys = new Map(others.map((name) => [name, privateKeyToAccount(generatePrivateKey())]))
const addressOf = (name: Name | (typeof others)[number]): Address =>
  accounts.get(name as Name) ?? keys.get(name as 'arbiter')?.address ?? '0x'

let chain: TestChain
let market: MarketAddresses

beforeAll(async () => {
  chain = await startAnvil()
  const deployer = keys.get('deployer')
  if (!deployer) throw new TypeError('There is no deployer.')
  const deployment = await deployMarket({
    ...{ rpcUrl: chain.rpcUrl, account: deployer, stakeDuration: 100 },
    ...{ assertionRevealWindow: WINDOW, arbiterVoteWindow: WINDOW, arbiters: [addressOf('arbiter')] },
    mint: [...NAMES, 'ambassador' as const, 'arbiter' as const].map((name) => ({
      to: addressOf(name),
      amount: parseNct(name === 'arbiter' ? '10000000' : '1000'),
    })),
  })
  market = {
    nectarToken: deployment.nectar_token_address,
    arbiterStaking: deployment.arbiter_staking_address,
    bountyRegistry: deployment.bounty_registry_address,
  }
  await chain.rpc('anvil_autoImpersonateAccount', [true])
  await chain.rpc('evm_setBlockGasLimit', ['0x40000000'])
  await chain.rpc('evm_setAutomine', [false])
  await block([...NAMES, 'ambassador' as const].map((name) => [addressOf(name), approveAll(market.bountyRegistry)]))
  const data = encodeFunctionData({ abi: FEE_ABI, args: [FEES.assertionFee] })
  expect(await block([[addressOf('deployer'), { to: market.bountyRegistry, data }]])).toEqual([true])
  const arbiter = addressOf('arbiter')
  await block([[arbiter, approveAll(market.arbiterStaking)]])
  await block([[arbiter, depositStakeCall(market, parseNct('10000000'))]])
})

afterAll(() => chain.stop())

const approveAll = (spender: Address): MarketCall => approveCall(market, spender, 2n ** 256n - 1n)

/** One block with these transactions. @returns which of them went well. */
async function block(calls: readonly (readonly [from: Address, call: MarketCall])[]): Promise<boolean[]> {
  const hashes: Hex[] = []
  for (const [from, { to, data }] of calls) {
    hashes.push(await chain.rpc<Hex>('eth_sendTransaction', [{ from, to, data, gas: '0xf4240', gasPrice: '0x0' }]))
  }
  await chain.mine()
  const receipts = await Promise.all(
    hashes.map((hash) => chain.rpc<{ status: Hex } | null>('eth_getTransactionReceipt', [hash])),
  )
  return receipts.map((receipt) => receipt?.status === '0x1')
}

async function balanceOf(address: Address): Promise<bigint> {
  const data = `0x70a08231${address.slice(2).padStart(64, '0')}`
  return BigInt(await chain.rpc<Hex>('eth_call', [{ to: market.nectarToken, data }, 'latest']))
}

/** One bounty, from what is drawn to what is settled. */
interface Played {
  guid: Guid
  truth: boolean
  said: Map<Name, Said>
  nonces: Map<Name, bigint>
}

/** Plays some bounties together, a block for each step. @returns what each engine revealed. */
async function play(bounties: readonly Played[]): Promise<void> {
  const [ambassador, arbiter] = [addressOf('ambassador'), addressOf('arbiter')]
  const order = { amount: AMOUNT, artifactType: 'file' as const, numArtifacts: 1, duration: DURATION, metadata: '' }
  const uri = 'QmNLei78zWmzUdbeRB3CiUfAizWUrbeeZh5K1rhAQKCh51'
  const post = bounties.map(({ guid }) => postBountyCall(market, { ...order, guid, uri, bloom: bloomOf([uri]) }))
  expect(await block(post.map((call) => [ambassador, call]))).not.toContain(false)
  const commitmentOf = ({ guid, said, nonces }: Played, name: Name) =>
    sealedCommitmentOf({
      ...{ guid, author: addressOf(name), mask: 1n, metadata: '' },
      verdicts: said.get(name)?.malicious ? 1n : 0n,
      nonce: nonces.get(name) ?? 0n,
    })
  const asserted = bounties.flatMap((bounty) =>
    NAMES.map((name): [Address, MarketCall] => {
      // The copier sees what the first engine has sent, and sends the same.
      const commitment = commitmentOf(bounty, name === 'copier' ? 'honest 1' : name)
      const bids = [bounty.said.get(name)?.bid ?? SMALL]
      return [addressOf(name), postSealedAssertionCall(market, { guid: bounty.guid, bids, mask: 1n, commitment })]
    }),
  )
  expect(await block(asserted)).not.toContain(false)
  await chain.mine(DURATION)
  const reveal = (index: number, by: Name): (readonly [Address, MarketCall])[] =>
    bounties.map(({ guid, said, nonces }) => {
      // The copier reveals what it saw the first engine reveal.
      const source = by === 'copier' ? 'honest 1' : by
      const verdicts = said.get(source)?.malicious ? 1n : 0n
      const opening = { guid, index, nonce: nonces.get(source) ?? 0n, verdicts, metadata: '' }
      return [addressOf(by), revealAssertionCall(market, opening)]
    })
  const revealed = await block(NAMES.flatMap((name, index) => reveal(index, name)))
  const went = NAMES.map((_, index) => revealed.slice(index * bounties.length, (index + 1) * bounties.length))
  // A commitment is its author's: whoever copies it can open it for nobody.
  expect(went.map((all) => all.every(Boolean))).toEqual(NAMES.map((name) => name !== 'copier'))
  await chain.mine(WINDOW - 1)
  const vote = (bounty: Played) =>
    voteOnBountyCall(market, { guid: bounty.guid, votes: bounty.truth ? 1n : 0n, validBloom: true })
  expect(await block(bounties.map((bounty) => [arbiter, vote(bounty)] as const))).not.toContain(false)
  await chain.mine(WINDOW)
  const settles = bounties.flatMap(({ guid }) =>
    [...NAMES.map(addressOf), ambassador, arbiter].map((who) => [who, settleBountyCall(market, guid)] as const),
  )
  expect(await block(settles)).not.toContain(false)
}

const isRevealed = (name: Name): boolean => name !== 'copier'

/** The contract's twin: what nobody gets of a bounty. */
function burnedOf({ truth, said }: Played): bigint {
  const assertions = NAMES.map((name): SettledAssertion => {
    const { bid = 0n, malicious = false } = said.get(name) ?? {}
    return { author: addressOf(name), mask: 1n, bids: [bid], verdicts: isRevealed(name) ? (malicious ? 1n : 0n) : null }
  })
  const votes = [{ voter: addressOf('arbiter'), votes: truth ? 1n : 0n }]
  const bounty = { author: addressOf('ambassador'), amount: AMOUNT, numArtifacts: 1, ...FEES, assertions, votes }
  return settle(bounty).burned
}

test('honest engines gain, the others lose, scores are calibrated, and nothing vanishes but burned bids', {
  timeout: 170_000,
}, async () => {
  const everybody = [...NAMES.map(addressOf), ...others.map(addressOf), market.bountyRegistry, market.arbiterStaking]
  const total = async () => (await Promise.all(everybody.map(balanceOf))).reduce((sum, balance) => sum + balance, 0n)
  const before = await total()
  const opening = new Map(
    await Promise.all(NAMES.map(async (name) => [name, await balanceOf(addressOf(name))] as const)),
  )
  const score = new MarketScore((address) => address)
  const said: { probability: number; truth: boolean; votes: number }[] = []
  let burned = 0n
  for (let first = 0; first < BOUNTIES; first += AT_A_TIME) {
    const bounties = Array.from({ length: AT_A_TIME }, (): Played => {
      const truth = random() < MALICIOUS
      const nonces = new Map(NAMES.map((name) => [name, BigInt(generatePrivateKey())]))
      return { guid: newGuid(), truth, said: sayings(truth), nonces }
    })
    await play(bounties)
    for (const bounty of bounties) {
      burned += burnedOf(bounty)
      const answers = NAMES.filter(isRevealed).map((name) => {
        const { malicious = false, bid = 0n } = bounty.said.get(name) ?? {}
        return { author: addressOf(name), bid: bid.toString(), verdict: malicious, metadata: null }
      })
      const artifact: AnsweredArtifact = { id: bounty.guid, fileType: 'pe', answers, truth: bounty.truth }
      const votes = answers.filter(({ verdict }) => verdict).length / answers.length
      said.push({ probability: score.of(answers, 'pe')?.probability ?? 0.5, truth: bounty.truth, votes })
      score.learn(artifact)
    }
  }
  const gains = await Promise.all(
    NAMES.map(async (name) => ({ name, gain: (await balanceOf(addressOf(name))) - (opening.get(name) ?? 0n) })),
  )
  expect(gains.filter(({ gain }) => gain > 0n).map(({ name }) => name)).toEqual(
    NAMES.filter((name) => name.startsWith('honest')),
  )
  expect(await total()).toBe(before - burned)
  expect(await balanceOf(market.bountyRegistry)).toBe(0n)
  // Once half of the bounties have taught it: how often it is right is what it says, and counting does worse.
  const known = said.slice(BOUNTIES / 2)
  const expected = known.reduce((sum, { probability }) => sum + probability, 0)
  const spread = Math.sqrt(known.reduce((sum, { probability: p }) => sum + p * (1 - p), 0))
  const found = known.filter(({ truth }) => truth).length
  expect(Math.abs(found - expected)).toBeLessThan(3 * spread + 1)
  const brier = (of: (one: (typeof known)[number]) => number): number =>
    known.reduce((sum, one) => sum + (of(one) - (one.truth ? 1 : 0)) ** 2, 0) / known.length
  expect(brier(({ probability }) => probability)).toBeLessThan(brier(({ votes }) => votes) / 2)
})
