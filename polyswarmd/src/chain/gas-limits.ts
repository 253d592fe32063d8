import type { Address } from 'viem'
import { gasFromEstimate } from './gas-estimate.js'
import type { MarketChain } from './market-chain.js'
import { simulate } from './simulate-transactions.js'
import type { PlannedCall } from './transaction-builder.js'

/**
 * The gas limits of an account's transactions, to be mined in this order: by the node's estimate; where one needs what
 * another does before it, or what makes it dearest is known, by running them together; where that cannot be had, by the
 * bound of the action.
 */
export async function gasLimits(chain: MarketChain, account: Address, planned: readonly PlannedCall[]) {
  const alone = planned.length === 1 && !planned[0]?.dearestAfter
  const together = alone ? [] : await estimateTogether(chain, account, planned)
  return Promise.all(
    planned.map(async ({ call, gasBound, contention = 0n, dearestAfter }, index) => {
      const estimate = together[index] ?? (dearestAfter ? null : await estimateAlone(chain, account, call))
      return estimate === null ? gasBound : gasFromEstimate(estimate) + contention
    }),
  )
}

/** Gas that each takes after those before it; null for one that fails. Nothing where the node cannot run several. */
async function estimateTogether(chain: MarketChain, account: Address, planned: readonly PlannedCall[]) {
  const before = planned.flatMap(({ dearestAfter }) => dearestAfter ?? [])
  const calls = [...before, ...planned.map(({ call }) => call)].map(({ to, data }) => ({ from: account, to, data }))
  const simulated = await simulate(chain, calls).catch(() => [])
  const results = simulated.slice(before.length)
  return results.map(({ status, gasUsed }) => (status === '0x1' ? BigInt(gasUsed) : null))
}

async function estimateAlone({ client }: MarketChain, account: Address, { to, data }: PlannedCall['call']) {
  const estimate = await client
    .request({ method: 'eth_estimateGas', params: [{ from: account, to, data }] })
    .catch(() => null)
  return estimate === null ? null : BigInt(estimate)
}
