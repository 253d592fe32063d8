import { type BountyOrder, bloomOf, newGuid, postBountyCall } from '@polyswarm/protocol'
import { createWalletClient, erc20Abi, http } from 'viem'
import type { TestMarket } from './market.fixture.ts'

const NCT = 10n ** 18n

/** Posts bounties with the rival's account, straight on the chain: a stranger needs no daemon, and no leave. */
export async function postAsStranger(market: TestMarket, orders: readonly Partial<BountyOrder>[]): Promise<void> {
  const stranger = createWalletClient({ account: market.accounts.rival.account, transport: http(market.chain.rpcUrl) })
  const {
    bounty_registry_address: bountyRegistry,
    nectar_token_address: nectarToken,
    arbiter_staking_address: arbiterStaking,
  } = market.deployment
  const send = { chain: null, gas: 5_000_000n, gasPrice: 0n, type: 'legacy' } as const
  let nonce = await market.node.getTransactionCount({ address: stranger.account.address })
  const args = [bountyRegistry, 100n * NCT] as const
  const approval = { address: nectarToken, abi: erc20Abi, functionName: 'approve', args } as const
  await stranger.writeContract({ ...send, ...approval, nonce: nonce++ })
  for (const order of orders) {
    const { to, data } = postBountyCall(
      { bountyRegistry, nectarToken, arbiterStaking },
      {
        guid: newGuid(),
        artifactType: 'file',
        amount: 2n * NCT,
        uri: 'Qm',
        numArtifacts: 1,
        duration: 4,
        bloom: bloomOf([]),
        metadata: '',
        ...order,
      },
    )
    await stranger.sendTransaction({ ...send, nonce: nonce++, to, data })
  }
}
