import { formatNct } from '@polyswarm/protocol'
import { InvalidOptionError } from '../errors.js'

/** Between what limits the balance on the side chain is kept; base units of NCT. */
export interface MaintenancePlan {
  /** Below it, `refill` is deposited. */
  minimum: bigint
  refill: bigint
  /** Above it, all but `target` is withdrawn; without it nothing ever is. */
  maximum?: bigint | undefined
  target?: bigint | undefined
}

/** What the accounts have, and what a payment costs; base units of NCT. */
export interface MaintainedBalances {
  home: bigint
  side: bigint
  /** What the relay keeps of a deposit, and of a withdrawal. */
  depositFee: bigint
  withdrawalFee: bigint
}

/**
 * What is to be done next: `short` where the home chain has not enough for a deposit, `worthless` where the fee would eat
 * all of it.
 */
export type MaintenanceStep =
  | { kind: 'rest' }
  | { kind: 'deposit' | 'withdraw'; amount: bigint }
  | { kind: 'short'; needed: bigint; balance: bigint }
  | { kind: 'worthless'; amount: bigint; fee: bigint }

/** Decides what is to be done next; only to be asked while nothing is on its way. */
export function maintenanceStep(plan: MaintenancePlan, balances: MaintainedBalances): MaintenanceStep {
  const { minimum, refill, maximum, target } = plan
  const { home, side, depositFee, withdrawalFee } = balances
  if (side < minimum) {
    if (refill <= depositFee) return { kind: 'worthless', amount: refill, fee: depositFee }
    return home < refill ? { kind: 'short', needed: refill, balance: home } : { kind: 'deposit', amount: refill }
  }
  if (maximum === undefined || target === undefined || side <= maximum) return { kind: 'rest' }
  const amount = side - target
  return amount > withdrawalFee ? { kind: 'withdraw', amount } : { kind: 'rest' }
}

/**
 * Refuses a plan that would send money to and fro for ever, or that says half of something.
 *
 * @throws InvalidOptionError
 */
export function checkPlan({ minimum, refill, maximum, target }: MaintenancePlan): void {
  const refuse = (option: string, reason: string) => new InvalidOptionError({ option, reason })
  if (maximum === undefined && target === undefined) return
  if (maximum === undefined) throw refuse('--withdraw-target', 'it needs --maximum: from where on to withdraw')
  if (target === undefined) throw refuse('--maximum', 'it needs --withdraw-target: what to leave on the side chain')
  if (target <= minimum) throw refuse('--withdraw-target', `it must be above the minimum of ${formatNct(minimum)} NCT`)
  if (maximum < target) throw refuse('--maximum', `it must be at least the target of ${formatNct(target)} NCT`)
  if (maximum < minimum + refill) {
    const least = formatNct(minimum + refill)
    throw refuse('--maximum', `it must be at least ${least} NCT, or what was just deposited would be withdrawn again`)
  }
}
