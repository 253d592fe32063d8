import { BOUNTY_PHASES } from '../../phase.js'

/** What a request is refused with whose query parameter is missing, or is none; polyswarmd has the texts. */
export type ParameterRefusal =
  | 'ACCOUNT_MISSING'
  | 'ACCOUNT_INVALID'
  | 'ADDRESS_INVALID'
  | 'ARCHIVE_UNSUPPORTED'
  | 'ARTIFACT_POSITIONS_INVALID'
  | 'BASE_NONCE_INVALID'
  | 'BLOCK_INVALID'
  | 'CHAIN_UNKNOWN'
  | 'CURSOR_INVALID'
  | 'DAG_SCOPE_INVALID'
  | 'FEES_INVALID'
  | 'GUID_INVALID'
  | 'GUIDS_INVALID'
  | 'LIMIT_INVALID'
  | 'ORDER_INVALID'
  | 'PAGE_INVALID'
  | 'PHASE_INVALID'
  | 'PROOF_INVALID'
  | 'RESUME_INVALID'
  | 'WAIT_INVALID'

/** A query parameter: the server checks it by this, and the document says the same. */
export interface Parameter {
  name: string
  description: string
  /** What its text must be, and what another is refused with; without it, any text will do. */
  form?: RegExp | readonly string[]
  refusal?: ParameterRefusal
  /** What a request without it is refused with; without this it may be left out. */
  missing?: ParameterRefusal
  /** What its route asks of it beyond the form, as JSON Schema. */
  narrower?: Record<string, unknown>
}

/** What is read as a whole number: any such fits a double. */
export const WHOLE_NUMBER = /^\d{1,15}$/

/** How the proof of a party of an offer is written: seconds since 1970, and the signature. */
export const OFFER_PROOF = /^\d{1,10}\.0x[0-9a-fA-F]{128}(1[bBcC])$/

const ADDRESS = /^0x[0-9a-fA-F]{40}$/
const GUID = /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/

const account: Parameter = {
  name: 'account',
  description: 'Ethereum address of whoever asks, in any letter case, with or without 0x',
  form: /^(0[xX])?[0-9a-fA-F]{40}$/,
  refusal: 'ACCOUNT_INVALID',
  missing: 'ACCOUNT_MISSING',
}
const chain: Parameter = {
  name: 'chain',
  description: 'home or side; side by default',
  form: ['home', 'side'],
  refusal: 'CHAIN_UNKNOWN',
}
const baseNonce: Parameter = {
  name: 'base_nonce',
  description: 'nonce of the first transaction',
  form: WHOLE_NUMBER,
  refusal: 'BASE_NONCE_INVALID',
}
const preflight: Parameter = {
  name: 'preflight',
  description: 'refuse, with the reason, what would revert in the next block; anything but 0 and false asks for it',
}
const fees: Parameter = {
  name: 'fees',
  description:
    'legacy, with gasPrice, by default; eip1559 for type 2, with maxFeePerGas and maxPriorityFeePerGas instead',
  form: ['legacy', 'eip1559'],
  refusal: 'FEES_INVALID',
}

/** Parameters that many routes have in common. */
export const parameters = {
  chain: [chain],
  account: [account],
  party: [account, chain],
  builds: [account, chain, baseNonce, preflight, fees],
  buildsOnFixedChain: [account, baseNonce, preflight, fees],
} as const satisfies Record<string, readonly Parameter[]>

/** A whole number. */
export function number(name: string, description: string, refusal: ParameterRefusal = 'PAGE_INVALID'): Parameter {
  return { name, description, form: WHOLE_NUMBER, refusal }
}

/** A list of only what is of one account. */
export function ofAccount(name: string, description: string): Parameter {
  return { name, description, form: ADDRESS, refusal: 'ADDRESS_INVALID' }
}

/** A list of only what is on one bounty. */
export const onBounty: Parameter = {
  name: 'guid',
  description: 'only those on this bounty',
  form: GUID,
  refusal: 'GUID_INVALID',
}

/** Bounties that one question asks about at most. */
export const MAX_ASKED_BOUNTIES = 16

/** Several bounties that are asked about together. */
export const bountiesAsked: Parameter = {
  name: 'guids',
  description: `1 to ${MAX_ASKED_BOUNTIES} guids with commas between them`,
  form: new RegExp(`^${GUID.source.slice(1, -1)}(,${GUID.source.slice(1, -1)}){0,${MAX_ASKED_BOUNTIES - 1}}$`),
  refusal: 'GUIDS_INVALID',
  missing: 'GUIDS_INVALID',
}

/** A list of only what is in one phase. */
export const inPhase: Parameter = {
  name: 'phase',
  description: 'only those in this phase: assertion, reveal, vote, quorum or finished',
  form: BOUNTY_PHASES,
  refusal: 'PHASE_INVALID',
}

/** Where a stream of events begins. */
export const since: Parameter = {
  name: 'since',
  description: 'a cursor to continue after; 0 from the beginning; latest, or nothing, from now, with cursors',
  form: /^(|0|latest|[0-9a-f]{16}-\d{1,15})$/,
  refusal: 'CURSOR_INVALID',
}

/** What a client gets that is far behind. */
export const resume: Parameter = {
  name: 'resume',
  description: 'open: who is far behind, or whose cursor is too old, begins with the bounties that are not over',
  form: /^open$/,
  refusal: 'RESUME_INVALID',
}

/** Who listens to the messages of an offer. */
export const proof: Parameter = {
  name: 'proof',
  description: 'SECONDS.SIGNATURE of a party of the channel: gives it a place that strangers cannot take',
  form: OFFER_PROOF,
  refusal: 'PROOF_INVALID',
}

/** A page of a list. */
export const page: readonly Parameter[] = [
  number('after', 'next of the page before; 0 for the first'),
  {
    name: 'limit',
    description: 'rows, 1 to 100; 25 by default',
    form: /^([1-9]\d?|100)$/,
    refusal: 'LIMIT_INVALID',
  },
]

/** A page of a list that can be asked for from its end. */
export const orderedPage: readonly Parameter[] = [
  ...page,
  {
    name: 'order',
    description: 'oldest, by default, or newest, from where `after` goes back',
    form: ['oldest', 'newest'],
    refusal: 'ORDER_INVALID',
  },
]

/** Which part of an archive is wanted. */
export const archive: readonly Parameter[] = [
  {
    name: 'dag-scope',
    description: 'all by default; entity for the list of a directory only; block for one block',
    form: ['all', 'entity', 'block'],
    refusal: 'DAG_SCOPE_INVALID',
  },
  {
    name: 'car-dups',
    description: 'y repeats a block that occurs again; n by default',
    form: ['y', 'n'],
    refusal: 'ARCHIVE_UNSUPPORTED',
  },
  {
    name: 'artifacts',
    description: 'positions in the directory, such as 0,3, where not all are wanted',
    form: /^\d{1,3}(,\d{1,3}){0,255}$/,
    refusal: 'ARTIFACT_POSITIONS_INVALID',
  },
]
