import type { GovernedContract } from './governed-contract.js'

/** What an operation is given on the command line. */
export type OperationArgument = 'address' | 'nct' | 'blocks'

/** Something that whoever governs a market can do: one call, and what can be read afterwards where it was done. */
export interface MarketOperation {
  name: string
  summary: string
  /** Names and kinds, in order. */
  takes: readonly (readonly [name: string, kind: OperationArgument])[]
  /** Contracts that it can be done on; the first is meant where none is named. */
  on: readonly GovernedContract[]
  functionName: string
  /** Arguments of the call besides those that are given. */
  more?: readonly unknown[]
  /** What to read, and what it must be afterwards, or a function that tells whether it is so; `given` is what was given, and `self` the account that signs. */
  after: (
    given: readonly unknown[],
    self: string,
  ) => readonly (readonly [view: string, args: unknown[], value: unknown])[]
}

const grant = (name: string, summary: string, functionName: string, view: string, value: boolean) =>
  ({
    name,
    summary,
    takes: [['account', 'address']],
    on: ['registry'],
    functionName,
    after: ([account]) => [[view, [account], value]],
  }) satisfies MarketOperation

const setAccount = (name: string, summary: string, functionName: string, view: string) =>
  ({
    name,
    summary,
    takes: [['account', 'address']],
    on: ['registry'],
    functionName,
    after: ([account]) => [[view, [], account]],
  }) satisfies MarketOperation

const setFee = (name: string, summary: string, functionName: string, view: string) =>
  ({
    name,
    summary,
    takes: [['fee', 'nct']],
    on: ['registry'],
    functionName,
    after: ([fee]) => [[view, [], fee]],
  }) satisfies MarketOperation

const isSet = (found: unknown): boolean => found !== 0n

const OWNED = ['registry', 'staking', 'token', 'offers', 'relay'] as const
const PAUSABLE = ['registry', 'staking'] as const

/** All of them. */
export const MARKET_OPERATIONS: readonly MarketOperation[] = [
  {
    ...grant('add-arbiter', 'lets an account vote on bounties posted from now on', 'addArbiter', 'isArbiter', true),
    more: [0n],
  },
  {
    ...grant(
      'remove-arbiter',
      'takes the vote from an account, on live bounties too',
      'removeArbiter',
      'isArbiter',
      false,
    ),
    more: [0n],
  },
  grant('add-arbiter-manager', 'lets an account choose arbiters', 'addArbiterManager', 'isArbiterManager', true),
  grant('remove-arbiter-manager', 'takes that right from it', 'removeArbiterManager', 'isArbiterManager', false),
  grant('add-deprecator', 'lets an account deprecate the registry', 'addDeprecator', 'isDeprecator', true),
  grant('remove-deprecator', 'takes that right from it', 'removeDeprecator', 'isDeprecator', false),
  { ...grant('add-pauser', 'lets an account pause', 'addPauser', 'isPauser', true), on: PAUSABLE },
  { ...grant('remove-pauser', 'takes that right from it', 'removePauser', 'isPauser', false), on: PAUSABLE },
  { ...grant('add-minter', 'lets an account make new NCT', 'addMinter', 'isMinter', true), on: ['token'] },
  {
    ...grant('add-verifier', 'lets an account approve relayed payments', 'addVerifier', 'isVerifier', true),
    on: ['relay'],
  },
  { ...grant('remove-verifier', 'takes that right from it', 'removeVerifier', 'isVerifier', false), on: ['relay'] },
  setFee('set-bounty-fee', 'sets what a bounty costs its author besides the reward', 'setBountyFee', 'bountyFee'),
  setFee(
    'set-assertion-fee',
    'sets what an assertion costs its engine besides the bids',
    'setAssertionFee',
    'assertionFee',
  ),
  {
    name: 'set-windows',
    summary: 'sets how long engines may reveal and arbiters may vote',
    takes: [
      ['reveal', 'blocks'],
      ['vote', 'blocks'],
    ],
    on: ['registry'],
    functionName: 'setWindows',
    after: ([reveal, vote]) => [
      ['assertionRevealWindow', [], reveal],
      ['arbiterVoteWindow', [], vote],
    ],
  },
  setAccount(
    'set-treasury',
    'sets where lost bids go that nobody won; the zero address burns them',
    'setTreasury',
    'treasury',
  ),
  setAccount('set-fee-manager', 'sets who sets the fees', 'setFeeManager', 'feeManager'),
  setAccount('set-window-manager', 'sets who sets the windows', 'setWindowManager', 'windowManager'),
  {
    name: 'pause',
    summary: 'stops what is new; what is live goes on to its end',
    takes: [],
    on: PAUSABLE,
    functionName: 'pause',
    after: () => [['paused', [], true]],
  },
  {
    name: 'unpause',
    summary: 'lets it go on',
    takes: [],
    on: PAUSABLE,
    functionName: 'unpause',
    after: () => [['paused', [], false]],
  },
  {
    name: 'deprecate',
    summary: 'takes no more bounties, and hands over to no other registry',
    takes: [],
    on: ['registry'],
    functionName: 'deprecate',
    more: [false],
    after: () => [
      ['deprecatedBlock', [], isSet],
      ['rollover', [], false],
    ],
  },
  {
    name: 'roll-over',
    summary: 'takes no more bounties, as another registry takes over',
    takes: [],
    on: ['registry'],
    functionName: 'deprecate',
    more: [true],
    after: () => [
      ['deprecatedBlock', [], isSet],
      ['rollover', [], true],
    ],
  },
  {
    name: 'undeprecate',
    summary: 'takes bounties again',
    takes: [],
    on: ['registry'],
    functionName: 'undeprecate',
    after: () => [['deprecatedBlock', [], 0n]],
  },
  {
    name: 'transfer-ownership',
    summary: 'offers a contract to a new owner, who has to accept it',
    takes: [['account', 'address']],
    on: OWNED,
    functionName: 'transferOwnership',
    after: ([account]) => [['pendingOwner', [], account]],
  },
  {
    name: 'accept-ownership',
    summary: 'takes over a contract that was offered to the account that signs',
    takes: [],
    on: OWNED,
    functionName: 'acceptOwnership',
    after: (_given, self) => [['owner', [], self]],
  },
]
