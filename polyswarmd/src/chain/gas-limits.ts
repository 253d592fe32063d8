import type { Address } from 'viem'
import { gasFromEstimate } from './gas.js'
import type { MarketChain } from './market-chain.js'
import { simulate } from './simulate-transactions.js'
import type { PlannedCall } from './transaction-builder.js'

/** The first bytes of a call of ERC-20's `approve`. */
const APPROVE = '0x095ea7b3'

/**
 * The gas limits of an account's transactions, to be mined in this order: by the node's estimate; where one needs what
 * another does before it, by running them together; where that cannot be had, by the bound of the action.
 *
 * An approval costs least while an earlier one is not used up yet, and that may have changed by the time it is mined. So its
 * limit is that of the dearest case, an approval where there was none.
 */
export async function gasLimits(chain: MarketChain, account: Address, planned: readonly PlannedCall[]) {
  const approves = planned.some(({ call }) => isApproval(call))
  const together = planned.length > 1 || approves ? await estimateTogether(chain, account, planned) : []
  return Promise.all(
    planned.map(async ({ call, gasBound, contention = 0n }, index) => {
      const estimate = together[index] ?? (isApproval(call) ? null : await estimateAlone(chain, account, call))
      return estimate === null ? gasBound : gasFromEstimate(estimate) + contention
    }),
  )
}

/** Gas that each takes after those before it; null for one that fails. Nothing where the node cannot run several. */
async function estimateTogether(chain: MarketChain, account: Address, planned: readonly PlannedCall[]) {
  const calls = planned.map(({ call: { to, data } }) => ({ from: account, to, data }))
  const resets = calls.filter(isApproval).map((call) => ({ ...call, data: approvalOfNothing(call.data) }))
  const simulated = await simulate(chain, [...resets, ...calls]).catch(() => [])
  const results = simulated.slice(resets.length)
  return results.map(({ status, gasUsed }) => (status === '0x1' ? BigInt(gasUsed) : null))
}

function isApproval({ data }: { data: string }): boolean {
  return data.startsWith(APPROVE)
}

/** For the same spender: its amount is the last word. */
function approvalOfNothing(data: string): string {
  return data.slice(0, -64).padEnd(data.length, '0')
}

async function estimateAlone({ client }: MarketChain, account: Address, { to, data }: PlannedCall['call']) {
  const estimate = await client
    .request({ method: 'eth_estimateGas', params: [{ from: account, to, data }] })
    .catch(() => null)
  return estimate === null ? null : BigInt(estimate)
}
