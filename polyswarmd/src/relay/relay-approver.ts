import { erc20RelayAbi } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import { BaseError, ContractFunctionRevertedError, encodeFunctionData, type Hex, type LocalAccount } from 'viem'
import { revertReason } from '../chain/revert-reason.js'
import type { RelayEnd } from './relay-end.js'
import type { KeptTransfer, RelayDirection, RelayJournal } from './relay-journal.js'

/** Transfers that are looked at in one round. */
const AT_A_TIME = 32

/** More than an approval with a payment uses with 32 verifiers; the estimate of one that does not pay would be too low. */
const GAS = 600_000n

/** Blocks after which what was refused is tried again. */
const RECONSIDERED_AFTER = 100

/** What an approver works with. */
export interface RelayApproverOptions {
  /** From which chain the transfers come. */
  direction: RelayDirection
  /** The chain that pays them. */
  end: RelayEnd
  account: LocalAccount
  journal: RelayJournal
  /** Blocks on an approval until it is done with. */
  confirmations: number
  log: Logger
}

/**
 * Approves on one chain what was sent to the relay of the other. The relay counts each verifier once for each transfer and
 * pays each once: what is sent again after a crash changes nothing.
 */
export class RelayApprover {
  readonly #options: RelayApproverOptions
  #reconsideredAt = Number.NEGATIVE_INFINITY

  constructor(options: RelayApproverOptions) {
    this.#options = options
  }

  /** Sends the approvals that are missing, and forgets what is done. */
  async work(): Promise<void> {
    const { direction, end, journal } = this.#options
    const head = Number(await end.client.getBlockNumber())
    await this.#finish(head)
    if (head >= this.#reconsideredAt + RECONSIDERED_AFTER) {
      journal.reconsider(direction, AT_A_TIME)
      this.#reconsideredAt = head
    }
    const due: KeptTransfer[] = []
    for (const transfer of journal.transfers(direction, 'open', AT_A_TIME)) {
      if (await this.#isDue(transfer, head)) due.push(transfer)
    }
    await this.#send(due)
  }

  /** What was approved long enough ago is done with, unless a re-org took the approval back. */
  async #finish(head: number): Promise<void> {
    const { direction, journal, confirmations } = this.#options
    for (const transfer of journal.transfers(direction, 'approved', AT_A_TIME)) {
      if (transfer.head + confirmations > head) return
      const fate = await this.#fateOf(transfer)
      if (fate === 'due') journal.setState(transfer.id, 'open', head)
      else journal.forget(transfer.id)
    }
  }

  async #isDue(transfer: KeptTransfer, head: number): Promise<boolean> {
    const { journal, log, direction } = this.#options
    const fate = await this.#fateOf(transfer)
    if (fate === 'due') return true
    if (fate === 'done') journal.setState(transfer.id, 'approved', head)
    else {
      log.warn({ from: direction, transaction: transfer.transaction, reason: fate.refused }, 'not approved')
      journal.setState(transfer.id, 'refused', head, fate.refused)
    }
    return false
  }

  /** @throws where the node does not answer, or this account may not approve. */
  async #fateOf(transfer: KeptTransfer): Promise<'due' | 'done' | { refused: string }> {
    const { end, account } = this.#options
    const { client, relay: address } = end
    const { transaction, index } = transfer
    const of = { address, abi: erc20RelayAbi } as const
    const [byTransaction, byPlace] = await Promise.all([
      client.readContract({ ...of, functionName: 'isProcessed', args: [transaction] }),
      client.readContract({ ...of, functionName: 'isTransferProcessed', args: [transaction, BigInt(index)] }),
    ])
    if (byTransaction || byPlace) return 'done'
    try {
      await client.simulateContract({ ...of, functionName: 'approveTransfer', args: approvalOf(transfer), account })
      return 'due'
    } catch (error) {
      const reverted =
        error instanceof BaseError && error.walk((cause) => cause instanceof ContractFunctionRevertedError)
      if (!(reverted instanceof ContractFunctionRevertedError)) throw error
      const name = reverted.data?.errorName ?? ''
      if (name === 'RelayAlreadyApproved') return 'done'
      const reason = revertReason(reverted.raw) ?? reverted.shortMessage
      // That is wrong with this account, and not with the transfer.
      if (name === 'RelayUnauthorizedAccount') throw new Error(reason, { cause: error })
      return { refused: reason }
    }
  }

  /** One after the other, so that each is in line before the next gets its nonce; they may be mined together. */
  async #send(due: readonly KeptTransfer[]): Promise<void> {
    if (due.length === 0) return
    const { end, account, log, journal, direction } = this.#options
    const { client, relay: to, chainId, free } = end
    const [first, gasPrice] = await Promise.all([
      client.getTransactionCount({ address: account.address, blockTag: 'latest' }),
      free ? 0n : client.getGasPrice(),
    ])
    const sent: { transfer: KeptTransfer; hash: Hex }[] = []
    for (const [offset, transfer] of due.entries()) {
      const data = encodeFunctionData({
        abi: erc20RelayAbi,
        functionName: 'approveTransfer',
        args: approvalOf(transfer),
      })
      const nonce = first + offset
      const raw = await account.signTransaction({ type: 'legacy', chainId, nonce, gas: GAS, gasPrice, to, data })
      const hash = await client.sendRawTransaction({ serializedTransaction: raw })
      sent.push({ transfer, hash })
    }
    for (const { transfer, hash } of sent) {
      const { status, blockNumber } = await client.waitForTransactionReceipt({ hash, timeout: 60_000 })
      const { transaction, amount, destination } = transfer
      if (status !== 'success') {
        log.warn({ from: direction, transaction, hash }, 'the approval failed, will look again')
        continue
      }
      journal.setState(transfer.id, 'approved', Number(blockNumber))
      log.info({ from: direction, transaction, destination, amount: String(amount), hash }, 'approved')
    }
  }
}

function approvalOf({ destination, amount, transaction, blockHash, blockNumber, index }: KeptTransfer) {
  return [destination, amount, transaction, blockHash, BigInt(blockNumber), BigInt(index)] as const
}
