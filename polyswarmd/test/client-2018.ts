import type { PrivateKeyAccount } from 'viem'
import { type Answer, TestClient, type Unsigned } from './test-market.ts'

/** How a program of 2018 spoke to its daemon: with one account, and perhaps a chain, in every query. */
export class Client2018 {
  readonly api: TestClient
  readonly account: PrivateKeyAccount
  readonly #query: string
  #nonce = 0

  /** @param chain none for microengines, which knew of one chain only. */
  constructor(url: string, account: PrivateKeyAccount, chain?: 'home') {
    this.api = new TestClient(url)
    this.account = account
    this.#query = `account=${account.address}${chain ? `&chain=${chain}` : ''}`
  }

  async get(path: string): Promise<Answer> {
    return this.api.get(`${path}?${this.#query}`)
  }

  async post(path: string, body?: unknown, parameters = ''): Promise<Answer> {
    return this.api.post(`${path}?${this.#query}${parameters}`, body)
  }

  /** Asks for its nonce, has transactions built from there on, signs them and posts them all in one request. */
  async act(path: string, body?: unknown): Promise<Answer> {
    this.#nonce = (await this.get('/nonce')).body.result
    const built = await this.post(path, body, `&base_nonce=${this.#nonce}`)
    if (built.body.status !== 'OK') return built
    const sent = await this.send(built.body.result.transactions)
    return { ...sent, body: { ...sent.body, built: built.body.result } }
  }

  async send(transactions: readonly Unsigned[]): Promise<Answer> {
    const signed = await Promise.all(
      transactions.map(({ gas, gasPrice, value, ...rest }) =>
        this.account.signTransaction({
          type: 'legacy',
          ...rest,
          gas: BigInt(gas),
          gasPrice: BigInt(gasPrice),
          value: BigInt(value),
        }),
      ),
    )
    return this.post('/transactions', { transactions: signed.map((hex) => hex.slice(2)) })
  }
}
