import { decodeFunctionData, parseAbi } from 'viem'
import { expect, test } from 'vitest'
import { bloomOf } from './bloom.ts'
import { parseGuid } from './guid.ts'
import {
  approveCall,
  batchCall,
  depositStakeCall,
  type MarketCall,
  postAssertionCall,
  postBountyCall,
  postSealedAssertionCall,
  revealAssertionCall,
  settleBountyCall,
  transferCall,
  voteOnBountyCall,
  withdrawStakeCall,
} from './market-call.ts'

/** The original's signatures, which programs written for it encode and check, and what has been added to them. */
const original = parseAbi([
  'function approve(address spender, uint256 value) returns (bool)',
  'function transfer(address to, uint256 value) returns (bool)',
  'function deposit(uint256 value)',
  'function withdraw(uint256 value)',
  'function postAssertion(uint128 bountyGuid, uint256[] bid, uint256 mask, uint256 commitment)',
  'function postSealedAssertion(uint128 bountyGuid, uint256[] bid, uint256 mask, uint256 commitment)',
  'function postBounty(uint128 guid, uint256 artifactType, uint256 amount, string artifactURI, uint256 numArtifacts, uint256 durationBlocks, uint256[8] bloom, string metadata)',
  'function revealAssertion(uint128 bountyGuid, uint256 assertionId, uint256 nonce, uint256 verdicts, string metadata)',
  'function settleBounty(uint128 bountyGuid)',
  'function voteOnBounty(uint128 bountyGuid, uint256 votes, bool validBloom)',
  'function batch(bytes[] calls) returns (bool[] done)',
])

const market = {
  nectarToken: '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed',
  arbiterStaking: '0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359',
  bountyRegistry: '0xdbf03b407c01e7cd3cbea99509d93f8dddc8c6fb',
} as const
const token = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'
const staking = '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359'
const registry = '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB'
const guid = parseGuid('7c9e6679-7425-40de-944b-e07fc1f90ae7')
const guidOnChain = 0x7c9e6679742540de944be07fc1f90ae7n
const bloom = bloomOf(['QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o'])
const max = 2n ** 256n - 1n

const calls: [string, MarketCall, string, string, unknown[]][] = [
  ['an approval', approveCall(market, registry, 7n), token, 'approve', [registry, 7n]],
  ['a transfer', transferCall(market, staking, max), token, 'transfer', [staking, max]],
  ['a stake', depositStakeCall(market, 10n ** 25n), staking, 'deposit', [10n ** 25n]],
  ['a withdrawal of stake', withdrawStakeCall(market, 1n), staking, 'withdraw', [1n]],
  [
    'a bounty',
    postBountyCall(market, {
      guid,
      artifactType: 'url',
      amount: 4n * 10n ** 18n,
      uri: 'QmUri',
      numArtifacts: 2,
      duration: 20,
      bloom,
      metadata: '',
    }),
    registry,
    'postBounty',
    [guidOnChain, 1n, 4n * 10n ** 18n, 'QmUri', 2n, 20n, bloom, ''],
  ],
  [
    'an assertion',
    postAssertionCall(market, { guid, bids: [1n, 2n], mask: 0b101n, commitment: max }),
    registry,
    'postAssertion',
    [guidOnChain, [1n, 2n], 5n, max],
  ],
  [
    'a sealed assertion',
    postSealedAssertionCall(market, { guid, bids: [1n, 2n], mask: 0b101n, commitment: max }),
    registry,
    'postSealedAssertion',
    [guidOnChain, [1n, 2n], 5n, max],
  ],
  [
    'a reveal',
    revealAssertionCall(market, { guid, index: 3, nonce: max, verdicts: 0b100n, metadata: 'QmMeta' }),
    registry,
    'revealAssertion',
    [guidOnChain, 3n, max, 4n, 'QmMeta'],
  ],
  [
    'a vote',
    voteOnBountyCall(market, { guid, votes: 0b10n, validBloom: true }),
    registry,
    'voteOnBounty',
    [guidOnChain, 2n, true],
  ],
  ['a settlement', settleBountyCall(market, guid), registry, 'settleBounty', [guidOnChain]],
  [
    'a batch',
    batchCall(market, [settleBountyCall(market, guid), { to: token, data: '0x' }]),
    registry,
    'batch',
    [[settleBountyCall(market, guid).data, '0x']],
  ],
  ['a batch of nothing', batchCall(market, []), registry, 'batch', [[]]],
]

test.each(calls)('%s goes to its contract, in checksummed spelling, as the original encodes it', (...call) => {
  const [, { to, data }, recipient, functionName, args] = call
  expect(to).toBe(recipient)
  expect(decodeFunctionData({ abi: original, data })).toEqual({ functionName, args })
})
