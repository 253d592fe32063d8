import { type Guid, guidToUint128, newGuid, offerStateDigest } from '@polyswarm/protocol'
import { type Hex, type PrivateKeyAccount, parseSignature } from 'viem'
import type { Answer, TestClient, TestMarket } from './test-market.ts'

/** A state in the fields of `POST /offers/state`. */
export interface StateFields {
  nonce?: number
  close_flag?: number
  ambassador_balance?: number
  expert_balance?: number
  offer_amount?: number
  mask?: boolean[]
  verdicts?: boolean[]
}

/** Ambassador and expert of one channel, acting through a daemon alone. */
export class OfferParties {
  readonly api: TestClient
  readonly market: TestMarket
  readonly guid: Guid
  readonly ambassador: PrivateKeyAccount
  readonly expert: PrivateKeyAccount
  channel: Hex = '0x'

  constructor(api: TestClient, market: TestMarket) {
    this.api = api
    this.market = market
    this.guid = newGuid()
    this.ambassador = market.ambassador
    this.expert = market.engines[0] as PrivateKeyAccount
  }

  /** Deploys the channel. */
  async initialize(settlementPeriodLength = 10): Promise<Answer> {
    const { ambassador, expert, guid } = this
    const body = { guid, ambassador: ambassador.address, expert: expert.address, settlementPeriodLength }
    const sent = await this.act(ambassador, '', body)
    this.channel = sent.body.result.offers_initialized[0].multi_signature
    return sent
  }

  /** Deploys the channel, and brings both parties in. */
  async establish(fields: StateFields = {}): Promise<void> {
    await this.initialize()
    const state = await this.state(fields)
    await this.act(this.ambassador, `/${this.guid}/open`, { state, ...(await signed(this.ambassador, state)) })
    await this.act(this.expert, `/${this.guid}/join`, { state, ...(await signed(this.expert, state)) })
  }

  /** Has the daemon write a state. */
  async state(fields: StateFields = {}): Promise<Hex> {
    const body = {
      close_flag: 0,
      nonce: 0,
      ambassador: this.ambassador.address,
      expert: this.expert.address,
      msig_address: this.channel,
      ambassador_balance: 100,
      expert_balance: 0,
      guid: String(guidToUint128(this.guid)),
      offer_amount: 10,
      ...fields,
    }
    const { body: answer } = await this.api.post(`/offers/state?account=${this.ambassador.address}`, body)
    return answer.result.state
  }

  /** A state with both signatures, as the routes take it. */
  async agreed(fields: StateFields): Promise<Record<string, unknown>> {
    const state = await this.state(fields)
    const [a, b] = await Promise.all([this.ambassador, this.expert].map((party) => signed(party, state)))
    return { state, v: [a?.v, b?.v], r: [a?.r, b?.r], s: [a?.s, b?.s] }
  }

  /** Has the daemon build the transactions of a route under `/offers`, and sends them. */
  async act(party: PrivateKeyAccount, path: string, body?: unknown): Promise<Answer> {
    const built = await this.api.post(`/offers${path}?account=${party.address}`, body)
    return this.api.signAndSend(party, built, 'home')
  }
}

/** A party's signature, in the fields of the routes. */
export async function signed(party: PrivateKeyAccount, state: Hex): Promise<{ v: number; r: Hex; s: Hex }> {
  const { r, s, yParity } = parseSignature(await party.sign({ hash: offerStateDigest(state) }))
  return { v: 27 + yParity, r, s }
}
