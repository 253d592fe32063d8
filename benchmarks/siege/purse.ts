import {
  approveCall,
  arbiterStakingAbi,
  bountyRegistryAbi,
  type MarketCall,
  nectarTokenAbi,
  offerRegistryAbi,
  parseNct,
} from '@polyswarm/protocol'
import {
  type Address,
  BaseError,
  ContractFunctionRevertedError,
  concatHex,
  createPublicClient,
  decodeErrorResult,
  type Hex,
  http,
  keccak256,
  type PrivateKeyAccount,
  stringToHex,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { type Besieged, loopback } from './besieged.ts'

const GAS = 5_000_000n
/** Every error that a contract of the market gives. */
const ERRORS = [...bountyRegistryAbi, ...arbiterStakingAbi, ...nectarTokenAbi, ...offerRegistryAbi].filter(
  ({ type }) => type === 'error',
)
const ENDLESS = parseNct('1000000000')

/** The account of a purse: the same in the process that funds it and in the one that spends. */
export function purseAccount(seed: Hex, name: string): PrivateKeyAccount {
  return privateKeyToAccount(keccak256(concatHex([seed, stringToHex(name)])))
}

/** What became of a transaction. */
export interface Sent {
  /** `accepted`, or the name of the error that it was refused with. */
  answer: string
  accepted: boolean
}

/** An account of the attacker's, which sends its transactions to the chain itself, one after the other. */
export class Purse {
  readonly account: PrivateKeyAccount
  readonly #besieged: Besieged
  readonly #chain
  #nonce: number | undefined
  #approved = false
  #turn: Promise<unknown> = Promise.resolve()

  constructor(besieged: Besieged, name: string) {
    this.account = purseAccount(besieged.seed, name)
    this.#besieged = besieged
    this.#chain = createPublicClient({
      transport: http(loopback(besieged.chainRpc).href, { retryCount: 0 }),
      pollingInterval: 500,
    })
  }

  get address(): Address {
    return this.account.address
  }

  /** Tries a call without sending it. */
  async rehearse({ to, data }: MarketCall): Promise<Sent> {
    try {
      await this.#chain.call({ account: this.account.address, to, data, gas: GAS })
      return { answer: 'accepted', accepted: true }
    } catch (error) {
      return { answer: refusalText(error), accepted: false }
    }
  }

  /** Sends a call whatever will become of it, and waits until it is mined. */
  async send(call: MarketCall): Promise<Sent> {
    await this.#approveOnce()
    const hash = await this.submit(call)
    const { status } = await this.#chain.waitForTransactionReceipt({ hash, timeout: 60_000 })
    if (status === 'success') return { answer: 'accepted', accepted: true }
    const { answer, accepted } = await this.rehearse(call)
    return { answer: accepted ? 'reverted' : answer, accepted: false }
  }

  /** Hands a call to the chain and does not wait for it. The registry must have been approved before. */
  submit({ to, data }: MarketCall): Promise<Hex> {
    const sent = this.#turn.then(async () => {
      const { address } = this.account
      this.#nonce ??= await this.#chain.getTransactionCount({ address, blockTag: 'pending' })
      const order = { type: 'legacy', chainId: this.#besieged.chainId, gas: GAS, gasPrice: 0n } as const
      const serializedTransaction = await this.account.signTransaction({ ...order, nonce: this.#nonce, to, data })
      const hash = await this.#chain.sendRawTransaction({ serializedTransaction })
      this.#nonce++
      return hash
    })
    this.#turn = sent.catch(() => {
      this.#nonce = undefined
    })
    return sent
  }

  /** Lets the registry take all that the purse has. */
  async #approveOnce(): Promise<void> {
    if (this.#approved) return
    this.#approved = true
    const { contracts } = this.#besieged
    await this.submit(approveCall(contracts, contracts.bountyRegistry, ENDLESS))
  }
}

/** The contract's own name for why it refused. */
function refusalText(error: unknown): string {
  if (!(error instanceof BaseError)) return String(error).slice(0, 100)
  const revert = error.walk((cause) => cause instanceof ContractFunctionRevertedError || 'data' in Object(cause))
  const data = revert && 'data' in revert ? (revert.data as Hex | { data?: Hex }) : undefined
  const bytes = typeof data === 'object' ? data?.data : data
  if (bytes === undefined || bytes === '0x') return error.shortMessage.split('\n', 1)[0]?.slice(0, 100) ?? 'reverted'
  try {
    return decodeErrorResult({ abi: ERRORS, data: bytes }).errorName
  } catch {
    return `reverted ${bytes.slice(0, 10)}`
  }
}
