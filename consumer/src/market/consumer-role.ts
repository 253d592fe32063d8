import {
  AmbassadorRole,
  type AmbassadorRoleOptions,
  type ParticipantContext,
  type Role,
} from '@polyswarm/participants/ambassador'
import type { MarketEvent } from '@polyswarm/protocol'
import type { ConsumerStore } from '../store/consumer-store.js'
import type { BountyFollower } from './bounty-follower.js'
import { ConsumerSource, type ConsumerSourceOptions } from './consumer-source.js'
import type { ServiceHealth } from './service-health.js'

/** How a consumer service takes part in a market. */
export interface ConsumerRoleOptions
  extends Pick<AmbassadorRoleOptions, 'amountPerArtifact' | 'duration' | 'inFlight' | 'keeper'>,
    Omit<ConsumerSourceOptions, 'isOrdered'> {
  store: ConsumerStore
  follower: BountyFollower
  health: ServiceHealth
}

/** Milliseconds between two looks at the market's prices. */
const PRICES_KEPT = 60_000

/** An ambassador whose bounties are what people submit, and who writes down what is said on them. */
export class ConsumerRole implements Role {
  readonly name = 'ambassador'
  readonly #options: ConsumerRoleOptions
  readonly #ambassador: AmbassadorRole
  #context: ParticipantContext | undefined
  #pricesAt = Number.NEGATIVE_INFINITY

  constructor(options: ConsumerRoleOptions) {
    this.#options = options
    const { amountPerArtifact, duration, inFlight, keeper } = options
    const isOrdered: ConsumerSourceOptions['isOrdered'] = (guid, plan) => {
      const plannedBounties = this.#context?.journal.plannedBounties
      return plannedBounties?.get(guid) !== undefined || plannedBounties?.fromSource(plan) !== undefined
    }
    this.#ambassador = new AmbassadorRole({
      ...{ amountPerArtifact, duration, inFlight, keeper },
      source: new ConsumerSource({ ...options, isOrdered }),
      count: 0,
      once: false,
    })
  }

  async setup(context: ParticipantContext, signal: AbortSignal): Promise<void> {
    this.#context = context
    const { account, journal } = context
    const { store } = this.#options
    await store.write(() => store.pinOwner(`account ${account} and journal ${journal.path}`))
    await this.#learnPrices(context, signal)
    await this.#ambassador.setup(context)
  }

  notice(event: MarketEvent): void {
    this.#options.follower.hear(event)
    this.#ambassador.notice(event)
  }

  async work(head: number, signal: AbortSignal): Promise<void> {
    const context = this.#context
    if (!context) throw new TypeError('The role is not set up.')
    const { follower, health } = this.#options
    health.block = head
    const results = await Promise.allSettled([
      this.#learnPrices(context, signal),
      this.#ambassador.work(head, signal),
      follower.follow(context, head, signal),
    ])
    const failed = results.find((result) => result.status === 'rejected')
    health.trouble = failed ? (failed.reason as Error).message : null
    if (failed) throw failed.reason
  }

  /** What is accepted from now on is paid for by these. */
  async #learnPrices({ client }: ParticipantContext, signal: AbortSignal): Promise<void> {
    const { store, amountPerArtifact } = this.#options
    if (performance.now() < this.#pricesAt + PRICES_KEPT) return
    const { bounty_amount_minimum: minimum, bounty_fee: fee } = await client.bountyParameters(signal)
    this.#pricesAt = performance.now()
    await store.setPrice({ reward: amountPerArtifact ?? minimum, fee })
  }
}
