import { type Guid, newGuid } from '@polyswarm/protocol'
import { getAddress } from 'viem'
import type { Journal } from './journal.ts'

/** Whose journals tests keep. */
export const account = getAddress(`0x${'a'.repeat(40)}`)

/** Blocks of each window of the bounties below. */
export const WINDOW = 10

/** Takes a bounty with one artifact down. */
export function announce(journal: Journal, expiration: number, guid: Guid = newGuid()): Guid {
  const bounty = {
    guid,
    block: 1,
    author: account,
    artifactType: 'file',
    amount: 1n,
    uri: 'Qm',
    metadata: null,
  } as const
  journal.bounties.announce({ ...bounty, expiration })
  journal.bounties.setTerms(guid, {
    num_artifacts: 1,
    bounty_fee: 0n as never,
    assertion_fee: 0n as never,
    assertion_reveal_window: WINDOW,
    arbiter_vote_window: WINDOW,
    arbiter_count: 1,
  })
  return guid
}

/** Takes a bounty down that this account is going to assert on. */
export function planAssertion(journal: Journal, expiration: number): Guid {
  const guid = announce(journal, expiration)
  const assertion = {
    guid,
    nonce: 7n,
    verdicts: 1n,
    mask: 1n,
    bids: [1n],
    fee: 0n,
    metadata: '[]',
    revealMetadata: '',
    commitment: 9n,
  }
  journal.bounties.plan(assertion)
  journal.bounties.decide(guid, 'assert', '1 of 1')
  return guid
}
