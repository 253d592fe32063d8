import { bloomOf, type Guid, MAX_ARTIFACTS, parseJson } from '@polyswarm/protocol'
import type { MetadataUploader } from '../../client/metadata-uploader.js'
import type { PolyswarmdClient } from '../../client/polyswarmd-client.js'
import type { Journal } from '../journal/journal.js'
import type { ActionKind, MarketAction } from '../market/market-action.js'
import type { MarketParameters } from '../market/market-parameters.js'

/** What is needed to turn a duty into an action. */
export interface DutyActionScope {
  client: PolyswarmdClient
  journal: Journal
  uploader: MetadataUploader
  parameters: MarketParameters
}

/**
 * The action that fulfils a duty, put together from what the journal holds and from nothing else.
 *
 * @returns undefined where the journal does not hold what the action needs.
 */
export async function actionOf(
  scope: DutyActionScope,
  guid: Guid | null,
  kind: ActionKind,
  signal: AbortSignal,
): Promise<MarketAction | undefined> {
  if (guid === null) return ownAction(scope, kind, signal)
  const { journal, uploader, parameters } = scope
  const { bounties, plannedBounties } = journal
  const numArtifacts = bounties.get(guid)?.terms?.numArtifacts
  switch (kind) {
    case 'assert': {
      const assertion = bounties.assertion(guid)
      // What an earlier version committed to cannot be revealed in the form in which assertions go out now.
      if (!assertion || assertion.revealMetadata === null || numArtifacts === undefined) return undefined
      const { bids, mask, commitment, fee } = assertion
      return { kind, order: { guid, bids, mask, commitment }, assertionFee: fee, numArtifacts }
    }
    case 'reveal': {
      const assertion = bounties.assertion(guid)
      if (!assertion || assertion.position === null || numArtifacts === undefined) return undefined
      const { nonce, verdicts, position: index } = assertion
      // The commitment is bound to the address, whether or not the document can be stored under it. An earlier version's is
      // bound to none.
      const metadata =
        assertion.revealMetadata ?? (await uploader.store(parseJson(assertion.metadata) as unknown[], signal))
      return { kind, order: { guid, index, nonce, verdicts, metadata }, numArtifacts }
    }
    case 'vote': {
      const vote = bounties.vote(guid)
      if (!vote || numArtifacts === undefined) return undefined
      return { kind, order: { guid, votes: vote.votes, validBloom: vote.validBloom }, numArtifacts }
    }
    case 'settle':
      return { kind, guid, numArtifacts: numArtifacts ?? MAX_ARTIFACTS }
    case 'post': {
      const order = plannedBounties.get(guid)
      if (!order || order.uri === null || order.amount === null) return undefined
      const { artifactType, amount, uri, addresses, duration, metadata } = order
      const { bounty_fee: bountyFee } = await parameters.current()
      const bloom = bloomOf(addresses)
      const numArtifacts = addresses.length
      return {
        kind,
        order: { guid, artifactType, amount, uri, numArtifacts, duration, bloom, metadata },
        bountyFee,
      }
    }
    default:
      // Of the others none is a duty on a bounty: a keeper submits its batches as it makes them, and people move money when
      // they want to.
      return undefined
  }
}

/** What an account does for itself. */
async function ownAction(
  { client }: DutyActionScope,
  kind: ActionKind,
  signal: AbortSignal,
): Promise<MarketAction | undefined> {
  switch (kind) {
    case 'stake': {
      const [{ minimum_stake: minimum }, staked] = await Promise.all([
        client.stakingParameters(signal),
        client.balance('staking/total', signal),
      ])
      return staked >= minimum ? undefined : { kind, amount: minimum - staked }
    }
    case 'withdraw-stake': {
      const amount = await client.balance('staking/withdrawable', signal)
      return amount === 0n ? undefined : { kind, amount }
    }
    default:
      return undefined
  }
}
