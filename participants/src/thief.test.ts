import {
  type ArtifactMask,
  approveCall,
  bloomOf,
  bountyRegistryAbi,
  commitmentOf,
  countBits,
  fullMask,
  type Guid,
  guidToUint128,
  type MarketAddresses,
  type MarketCall,
  newGuid,
  newNonce,
  parseNct,
  postAssertionCall,
  postSealedAssertionCall,
  revealAssertionCall,
  sealedCommitmentOf,
  settle,
  settleBountyCall,
  transferCall,
} from '@polyswarm/protocol'
import {
  BaseError,
  ContractFunctionRevertedError,
  createWalletClient,
  hexToBigInt,
  http,
  keccak256,
  maxUint256,
  numberToHex,
  type PrivateKeyAccount,
} from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { sampleBounties } from './ambassador/sample-artifacts.ts'
import { TestMarket } from './market.fixture.ts'
import { postAsStranger } from './stranger.fixture.ts'

const samples = sampleBounties().flatMap(({ artifacts }) => artifacts)
const BID = parseNct('0.5')
const AMOUNT = parseNct('2') * BigInt(samples.length)
const FEES = { bountyFee: parseNct('0.0625'), assertionFee: parseNct('0.03125') }

/** An account that asserts without having looked at anything, and what it asserted. */
interface Thief {
  account: PrivateKeyAccount
  index: number
  mask: ArtifactMask
  /** What it committed to. */
  verdicts: ArtifactMask
  nonce: bigint
}

let market: TestMarket
let contracts: MarketAddresses

beforeEach(async () => {
  // A block comes with each transaction, or when the test says so: nobody is short of time.
  market = await TestMarket.start({ revealWindow: 40, voteWindow: 40 })
  contracts = {
    nectarToken: market.deployment.nectar_token_address,
    arbiterStaking: market.deployment.arbiter_staking_address,
    bountyRegistry: market.deployment.bounty_registry_address,
  }
})

afterEach(async () => {
  await market.stop()
})

async function send(account: PrivateKeyAccount, { to, data }: MarketCall): Promise<void> {
  const wallet = createWalletClient({ account, transport: http(market.chain.rpcUrl) })
  const hash = await wallet.sendTransaction({ chain: null, type: 'legacy', gas: 5_000_000n, gasPrice: 0n, to, data })
  const { status } = await market.node.waitForTransactionReceipt({ hash, pollingInterval: 20 })
  expect(status).toBe('success')
}

async function mineTo(block: bigint): Promise<void> {
  await market.chain.mine(Number(block - (await market.node.getBlockNumber({ cacheTime: 0 }))))
}

/** A new account with NCT of the rival's, which the registry may take. */
async function newAccount(): Promise<PrivateKeyAccount> {
  const account = privateKeyToAccount(generatePrivateKey())
  await send(market.accounts.rival.account, transferCall(contracts, account.address, parseNct('20')))
  await send(account, approveCall(contracts, contracts.bountyRegistry, maxUint256))
  return account
}

/** Uploads the sample artifacts, and has the rival post a bounty on them. */
async function post(): Promise<{ guid: Guid; expiration: bigint }> {
  const form = new FormData()
  for (const { content } of samples) form.append('file', new Blob([Uint8Array.from(content)]))
  const { result: uri } = (await (await fetch(`${market.url}/artifacts/`, { method: 'POST', body: form })).json()) as {
    result: string
  }
  const { result } = (await (await fetch(`${market.url}/artifacts/${uri}/`)).json()) as { result: { hash: string }[] }
  const guid = newGuid()
  const bloom = bloomOf(result.map(({ hash }) => hash))
  await postAsStranger(market, [{ guid, uri, bloom, amount: AMOUNT, numArtifacts: samples.length, duration: 60 }])
  await expect.poll(() => market.events('NewBounty')).toHaveLength(1)
  const [posted] = await market.events('NewBounty')
  return { guid, expiration: posted?.args.expirationBlock ?? 0n }
}

/** The name of the error with which the registry refuses a reveal; undefined where it takes it. */
async function refusal(guid: Guid, thief: Thief, verdicts: ArtifactMask, nonce: bigint, metadata = '') {
  const reveal = market.node.simulateContract({
    address: contracts.bountyRegistry,
    abi: bountyRegistryAbi,
    functionName: 'revealAssertion',
    args: [guidToUint128(guid), BigInt(thief.index), nonce, verdicts, metadata],
    account: thief.account,
  })
  const failure = await reveal.then(
    () => undefined,
    (error: unknown) => error,
  )
  const reverted =
    failure instanceof BaseError && failure.walk((cause) => cause instanceof ContractFunctionRevertedError)
  return (reverted as ContractFunctionRevertedError | undefined)?.data?.errorName
}

/** Another nonce that opens a commitment of the original's form to the wanted verdicts, within the mask. */
function otherOpening({ verdicts, nonce, mask }: Thief, wanted: ArtifactMask): { verdicts: bigint; nonce: bigint } {
  const word = verdicts ^ hashOf(nonce)
  for (let other = 1n; ; other++) {
    if (((word ^ hashOf(other)) & mask) === wanted) return { verdicts: word ^ hashOf(other), nonce: other }
  }
}

const hashOf = (word: bigint) => hexToBigInt(keccak256(numberToHex(word, { size: 32 })))

it('a thief that reads what engines reveal cannot open its own assertion to it, and loses its bids', {
  timeout: 180_000,
}, async () => {
  const engine = market.run('microengine', market.accounts.engine, ['--backend', 'eicar'])
  const arbiter = market.run('arbiter', market.accounts.arbiter, ['--truth-db', market.truthDb])
  await Promise.all([engine.said(/ready/), arbiter.said(/staked stake/)])
  const everything = fullMask(samples.length)
  const accounts = [await newAccount(), await newAccount(), await newAccount(), await newAccount()]
  const { guid, expiration } = await post()
  await engine.said(/asserted/)

  const plans = [
    { seal: 'original', mask: everything, verdicts: 0n },
    { seal: 'original', mask: 1n, verdicts: 0n }, // as little to hit as there can be
    { seal: 'original', mask: everything, verdicts: maxUint256 }, // also on artifacts that there are not
    { seal: 'bound', mask: everything, verdicts: 0n },
  ] as const
  const thieves: Thief[] = []
  for (const [i, { seal, mask, verdicts }] of plans.entries()) {
    const account = accounts[i] as PrivateKeyAccount
    const nonce = newNonce()
    const order = { guid, bids: Array.from({ length: countBits(mask) }, () => BID), mask }
    const secret = { guid, author: account.address, mask, verdicts, metadata: '', nonce }
    const call =
      seal === 'bound'
        ? postSealedAssertionCall(contracts, { ...order, commitment: sealedCommitmentOf(secret) })
        : postAssertionCall(contracts, { ...order, commitment: commitmentOf(secret) })
    await send(account, call)
    thieves.push({ account, index: i + 1, mask, verdicts, nonce })
  }
  const [whole, single, foreign, bound] = thieves as [Thief, Thief, Thief, Thief]

  await mineTo(expiration)
  await engine.said(/revealed/)
  const [revealed] = await market.events('RevealedAssertion')
  const { verdicts: stolen = 0n, metadata = '' } = revealed?.args ?? {}
  expect(stolen & 1n).toBe(1n)
  expect(metadata).not.toBe('')

  for (const thief of [whole, single]) {
    const opening = otherOpening(thief, stolen & thief.mask)
    // It is the same commitment, and says what the others said: under the old rule this was enough.
    expect(commitmentOf({ ...opening, author: thief.account.address })).toBe(
      commitmentOf({ ...thief, author: thief.account.address }),
    )
    expect(await refusal(guid, thief, opening.verdicts, opening.nonce)).toBe('AssertionVerdictsOutsideMask')
    const within = opening.verdicts & thief.mask
    expect(await refusal(guid, thief, within, opening.nonce)).toBe('AssertionCommitmentMismatch')
    expect(await refusal(guid, thief, within, thief.nonce)).toBe('AssertionCommitmentMismatch')
  }
  expect(await refusal(guid, foreign, foreign.verdicts, foreign.nonce)).toBe('AssertionVerdictsOutsideMask')
  expect(await refusal(guid, foreign, everything, foreign.nonce)).toBe('AssertionCommitmentMismatch')
  const forgeries = [
    [stolen, bound.nonce, ''],
    [stolen, bound.nonce, metadata],
    [stolen, revealed?.args.nonce ?? 0n, metadata],
    [stolen, otherOpening(bound, stolen).nonce, ''],
    [bound.verdicts, bound.nonce, metadata],
    [bound.verdicts | (1n << 255n), bound.nonce, ''],
  ] as const
  for (const [verdicts, nonce, text] of forgeries) {
    expect(await refusal(guid, bound, verdicts, nonce, text)).toBe('AssertionCommitmentMismatch')
  }
  // What it sealed blindly it may reveal, and is paid for that alone.
  const own = { guid, index: bound.index, nonce: bound.nonce, verdicts: bound.verdicts, metadata: '' }
  await send(bound.account, revealAssertionCall(contracts, own))

  await mineTo(expiration + 40n)
  await arbiter.said(/voted/)
  await engine.said(/settled/)
  await mineTo(expiration + 80n)
  await arbiter.said(/settled/)
  for (const { account } of [market.accounts.rival, ...thieves]) await send(account, settleBountyCall(contracts, guid))

  const asserted = (await market.events('NewAssertion')).map(({ args }) => args)
  const [vote] = await market.events('NewVote')
  const outcome = settle({
    ...FEES,
    author: market.accounts.rival.account.address,
    amount: AMOUNT,
    numArtifacts: samples.length,
    assertions: asserted.map(({ author = '0x', mask = 0n, bid = [] }) => ({
      author,
      mask,
      bids: bid,
      verdicts: author === revealed?.args.author ? stolen : author === bound.account.address ? bound.verdicts : null,
    })),
    votes: [{ voter: vote?.args.voter ?? '0x', votes: vote?.args.votes ?? 0n }],
  })
  const settled = (await market.events('SettledBounty')).map(({ args }) => args)
  const paid = new Map(settled.map(({ settler, payout }) => [settler, payout]))
  expect(paid).toEqual(new Map(outcome.payouts.map(({ address, paid }) => [address, paid])))
  for (const { account } of [whole, single, foreign]) expect(paid.get(account.address)).toBe(0n)
  expect(await market.balanceOf(contracts.bountyRegistry)).toBe(0n)
})
