import { approveCall, gasBound, type MarketAddresses } from '@polyswarm/protocol'
import type { Address } from 'viem'
import type { PlannedCall } from './transaction-builder.js'

/**
 * An approval of so many base units. It costs least while an earlier one is not used up yet, and that may have changed by the
 * time it is mined: its limit is that of the dearest case, an approval where there was none.
 */
export function plannedApproval(market: MarketAddresses, spender: Address, amount: bigint): PlannedCall {
  return {
    call: approveCall(market, spender, amount),
    gasBound: gasBound.approve(),
    dearestAfter: approveCall(market, spender, 0n),
  }
}
