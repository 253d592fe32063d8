import type { MarketEvent } from '@polyswarm/protocol'
import type { ParticipantContext, Role } from './role.js'

/** A role that judges nothing: it takes no bounty down, decides on none, and does its work once a block. */
export abstract class UndecidingRole implements Role {
  abstract readonly name: Role['name']
  readonly mustDecide = false

  abstract setup(context: ParticipantContext, signal: AbortSignal): Promise<void>

  abstract work(head: number, signal: AbortSignal): Promise<void>

  abstract finished(): boolean

  async teardown(): Promise<void> {}

  async waitForEvent(next: () => Promise<MarketEvent | undefined>): Promise<MarketEvent | undefined> {
    const event = await next()
    if (event) this.notice(event)
    return event
  }

  /** Takes in what happened on the market. */
  notice(_event: MarketEvent): void {}

  wants(): boolean {
    return false
  }

  decideBy(): number {
    return Number.POSITIVE_INFINITY
  }

  workload(): number {
    return 0
  }

  async decide(): Promise<boolean> {
    return false
  }
}
