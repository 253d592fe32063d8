import { arbiterStakingAbi, batchCall, bountyRegistryAbi, nectarTokenAbi, offerRegistryAbi } from '@polyswarm/protocol'
import { type Abi, type AbiFunction, type Address, encodeFunctionData, type Hex } from 'viem'
import type { Arena } from '../arena.ts'
import type { Attack } from '../attack.ts'

/** What anyone may do, with its own money or in its own name. */
const FREE = new Set([
  'postBounty',
  'postAssertion',
  'postSealedAssertion',
  'deposit',
  'approve',
  'approveAndCall',
  'transfer',
  'increaseAllowance',
  'decreaseAllowance',
  'burn',
  'initializeOfferChannel',
])

/** All that the contracts can do, asked for by somebody who is nobody. */
export const trespass: Attack = {
  name: 'trespass',
  tries: 'call every function of every contract as a stranger, on the bounties and the money of others',
  purses: { stranger: '100' },
  pause: 20_000,
  strike: async (arena, tally) => {
    const { contracts, offerRegistry } = arena.besieged
    const places: [Address, Abi][] = [
      [contracts.bountyRegistry, bountyRegistryAbi],
      [contracts.arbiterStaking, arbiterStakingAbi],
      [contracts.nectarToken, nectarTokenAbi],
      [offerRegistry, offerRegistryAbi],
    ]
    for (const [to, abi] of places) {
      for (const item of abi) {
        if (item.type !== 'function' || item.stateMutability !== 'nonpayable' || FREE.has(item.name)) continue
        const alone = { to, data: calldata(arena, item) }
        const calls = new Map([[item.name, alone]])
        if (to === contracts.bountyRegistry) calls.set(`${item.name} in a batch`, batchCall(contracts, [alone]))
        for (const [name, call] of calls) {
          const { answer, accepted } = await arena.purse('stranger').rehearse(call)
          tally.met(`${name}: ${answer}`)
          if (accepted) tally.breach(`a stranger could call ${name}`)
        }
      }
    }
  },
}

function calldata(arena: Arena, item: AbiFunction): Hex {
  const [bounty] = arena.targets(-10)
  const args = item.inputs.map(({ type, name = '' }) => {
    if (type.endsWith(']')) return []
    if (type === 'address')
      return /from|owner|account/i.test(name) ? arena.besieged.ambassador : arena.purse('stranger').address
    if (type === 'bool') return true
    if (type === 'string') return ''
    if (type.startsWith('bytes')) return type === 'bytes' ? '0x' : `0x${'00'.repeat(Number(type.slice(5)))}`
    return type === 'uint128' ? (bounty?.guid ?? 1n) : 1n
  })
  return encodeFunctionData({ abi: [item], functionName: item.name, args })
}
