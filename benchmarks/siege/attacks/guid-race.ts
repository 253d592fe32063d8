import { bountyRegistryAbi, guidFromUint128 } from '@polyswarm/protocol'
import { createTestClient, decodeFunctionData, type Hex, http, type RpcTransaction, serializeTransaction } from 'viem'
import type { Arena } from '../arena.ts'
import type { Attack } from '../attack.ts'

/** Part of the ambassador's transactions that are raced: one that loses each race could post nothing. */
const SHARE = 0.5

/**
 * A bounty's guid stands in the pool of pending transactions before it is mined. On a chain where gas has a price, whoever
 * pays more is mined first. The dev chain takes transactions as they come, so the order that money would buy is brought about
 * by the node: the ambassador's transaction is taken out, the thief's put in, and the ambassador's put in again.
 */
export const guidRace: Attack = {
  name: 'guid-race',
  tries: 'see the guid of a bounty among the pending transactions, and post a bounty of the same guid in front of it',
  purses: { thief: '50000' },
  mustNotGain: true,
  pause: 150,
  strike: async (arena, tally) => {
    const order = (await pendingOf(arena)).find(({ input, hash }) => isPosting(input) && !seen.includes(hash))
    if (!order) return
    seen = [order.hash, ...seen.slice(0, 100)]
    if (Math.random() > SHARE) return
    const { args } = decodeFunctionData({ abi: bountyRegistryAbi, data: order.input })
    const thief = arena.purse('thief')
    const node = nodeOf(arena)
    await node.dropTransaction({ hash: order.hash })
    const posting = arena.post(thief, { uri: String(args?.[3]), guid: guidFromUint128(args?.[0] as bigint) })
    // It is in the pool as soon as it is signed; what it becomes is known with the next block.
    await arena.rest(60)
    await arena.chain.sendRawTransaction({ serializedTransaction: serialized(order) }).catch(() => undefined)
    const { answer } = await posting
    tally.met(`post first: ${answer}`)
    await arena.collect(thief)
  },
}

/** Transactions that are raced already, or let go; the latest. */
let seen: Hex[] = []

function nodeOf(arena: Arena) {
  return createTestClient({ mode: 'anvil', transport: http(arena.besieged.chainRpc, { retryCount: 0 }) })
}

async function pendingOf(arena: Arena): Promise<RpcTransaction[]> {
  const { pending } = await nodeOf(arena).getTxpoolContent()
  const own = Object.entries(pending).find(
    ([sender]) => sender.toLowerCase() === arena.besieged.ambassador.toLowerCase(),
  )
  return own ? (Object.values(own[1]) as unknown as RpcTransaction[]) : []
}

function isPosting(input: Hex): boolean {
  try {
    return decodeFunctionData({ abi: bountyRegistryAbi, data: input }).functionName === 'postBounty'
  } catch {
    return false
  }
}

/** The bytes that the ambassador signed. */
function serialized({ nonce, gas, gasPrice, to, input, v, r, s, chainId }: RpcTransaction): Hex {
  if (v === undefined || r === undefined || s === undefined) throw new TypeError('a pending transaction is signed')
  return serializeTransaction(
    {
      type: 'legacy',
      nonce: Number(nonce),
      gas: BigInt(gas),
      gasPrice: BigInt(gasPrice ?? 0),
      to,
      data: input,
      ...(chainId !== undefined && { chainId: Number(chainId) }),
    },
    { v: BigInt(v), r, s },
  )
}
