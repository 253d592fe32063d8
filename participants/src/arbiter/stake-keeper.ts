import { formatNct } from '@polyswarm/protocol'
import { GatewayRefusedError, ParticipantSetupError } from '../errors.js'
import type { Metrics } from '../runtime/reports/metrics.js'
import type { ParticipantContext } from '../runtime/roles/role.js'

const STAKE_ATTEMPTS = 4
/** Blocks between two looks at a stake that was enough: its owner may have taken some of it back. */
const LOOK_AGAIN = 32

/** Keeps an arbiter's stake at the minimum, and takes it back once no vote can need it any more. */
export class StakeKeeper {
  readonly #context: ParticipantContext
  readonly #metrics: Metrics | undefined
  #nextLook = 0
  #isTold = false
  #withdrawn = false

  constructor(context: ParticipantContext, metrics?: Metrics) {
    this.#context = context
    this.#metrics = metrics
  }

  /** @throws ParticipantSetupError where the account has less than the stake that it needs. */
  async checkFunds(signal: AbortSignal): Promise<void> {
    const { client } = this.#context
    const [{ minimum_stake: minimum }, staked, balance] = await Promise.all([
      client.stakingParameters(signal),
      client.balance('staking/total', signal),
      client.balance('nct', signal),
    ])
    if (staked + balance >= minimum) return
    throw new ParticipantSetupError({
      reason:
        `An arbiter must stake ${formatNct(minimum)} NCT: this account has staked ${formatNct(staked)} ` +
        `and has ${formatNct(balance)}. Send it what is missing.`,
    })
  }

  /** Does what is due, each time the chain has moved. @throws ParticipantSetupError where the stake is not taken. */
  async work(head: number, signal: AbortSignal): Promise<void> {
    const { stakeFreeAt } = this.#context.journal
    if (stakeFreeAt) return this.#withdraw(stakeFreeAt.head, head, signal)
    this.#withdrawn = false
    if (head < this.#nextLook) return
    const { client, journal, logger, request } = this.#context
    const [{ minimum_stake: minimum }, staked] = await Promise.all([
      client.stakingParameters(signal),
      client.balance('staking/total', signal),
    ])
    this.#metrics?.set('polyswarm_stake_nct', Number(formatNct(staked)))
    if (staked >= minimum) {
      this.#nextLook = head + LOOK_AGAIN
      if (!this.#isTold) logger.info({ stake: formatNct(staked) }, 'staked')
      this.#isTold = true
      journal.write(() => journal.judgements.set({ stake: staked }))
      await this.#standing(signal)
      return
    }
    this.#isTold = false
    const last = journal.outbox.lastAttempt(null, 'stake')
    const { attempts, lastHead } = journal.duties.get(null, 'stake')
    if (last.state === 'failed' && attempts >= STAKE_ATTEMPTS && head > lastHead) {
      throw new ParticipantSetupError({
        reason: `The stake cannot be deposited (${last.reason}): is this account an arbiter?`,
      })
    }
    request(null, 'stake')
  }

  /** How the contract sees this arbiter: on how many bounties it voted, of those that had a vote. */
  async #standing(signal: AbortSignal): Promise<void> {
    const { client, journal, logger } = this.#context
    const standing = await client.arbiterStanding(signal).catch((error: unknown) => {
      // A daemon of an earlier version does not tell.
      if (error instanceof GatewayRefusedError) return undefined
      throw error
    })
    if (!standing) return
    const { votes, bounties, eligible, vote_ratio_numerator: over, vote_ratio_denominator: under } = standing
    const before = journal.judgements.tally('responses')
    journal.write(() => journal.judgements.set({ responses: BigInt(votes), bounties: BigInt(bounties) }))
    this.#metrics?.set('polyswarm_response_ratio', bounties === 0 ? 1 : votes / bounties)
    if (eligible || before === BigInt(votes)) return
    logger.warn({ votes, bounties, line: `${over}/${under}` }, 'the response rate is below the line of the contract')
  }

  /** Once no bounty can need its vote any more. What is not withdrawable yet is asked for again with a later block. */
  async #withdraw(freeAt: number, head: number, signal: AbortSignal): Promise<void> {
    const { client, logger, request } = this.#context
    this.#nextLook = 0
    if (this.#withdrawn || head <= freeAt) return
    if ((await client.balance('staking/total', signal)) === 0n) {
      this.#withdrawn = true
      logger.info('stake withdrawn')
      return
    }
    request(null, 'withdraw-stake')
  }
}
