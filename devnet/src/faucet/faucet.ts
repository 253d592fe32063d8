import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { foreignHeader, formatNct, parseJson, parseNct, stringifyJson } from '@polyswarm/protocol'
import { getAddress, type Hex, isAddress } from 'viem'
import { z } from 'zod'
import { type FundingOptions, fund } from '../setup/funding.js'

/** What the faucet answers to: addresses, and `localhost`. */
const NAMES = { hosts: [], origins: [], plainNames: false }

/** What an account gets that names no amount: as much as an engine of the market starts with. */
const GIFT = parseNct('100000')

/** The most that it can ask for: enough for an arbiter's stake. */
const LARGEST_GIFT = parseNct('20000000')

/** Bytes of a request, and requests that wait for their turn. */
const MAX_BYTES = 4_096
const MAX_WAITING = 64

/** Milliseconds within which a request must have come in. */
const REQUEST_TIMEOUT = 10_000

const request = z.object({
  account: z.string().refine((text) => isAddress(text), 'give an address'),
  amount: z.string().optional(),
})

/** Something that is the asker's to mend. */
class BadRequestError extends Error {}

/**
 * The faucet of a development market: it gives NCT of the deployer to whoever asks on this machine, one after the other.
 * `POST` with `{"account": "0x…"}`, and `"amount"` in NCT where it is not to be the usual one; the answer comes when the
 * transfer is mined. Web pages of others get nothing.
 */
export class Faucet {
  readonly #server: Server
  readonly #funding: FundingOptions
  #turn: Promise<unknown> = Promise.resolve()
  #waiting = 0

  private constructor(server: Server, funding: FundingOptions) {
    this.#server = server
    this.#funding = funding
  }

  /** Opens a faucet on a free port of 127.0.0.1. */
  static async open(funding: FundingOptions): Promise<Faucet> {
    const server = createServer({ requestTimeout: REQUEST_TIMEOUT, headersTimeout: REQUEST_TIMEOUT })
    const faucet = new Faucet(server, funding)
    server.on('request', (asked, response) => void faucet.answer(asked, response))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return faucet
  }

  /** Where it listens. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Ends it; what it has sent is mined or not, with the chain. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }

  /** Answers one request; also one that came to the market's own page. */
  async answer(asked: IncomingMessage, response: ServerResponse): Promise<void> {
    if (foreignHeader(asked.headers, NAMES)) return send(response, 403, { error: 'web pages get nothing' })
    if (asked.method !== 'POST') {
      return send(response, 405, { error: `POST {"account": "0x…"} for ${formatNct(GIFT)} NCT` })
    }
    if (this.#waiting >= MAX_WAITING) return send(response, 503, { error: 'too many ask at the same time' })
    this.#waiting++
    try {
      const { to, amount } = await giftOf(asked)
      const turn = this.#turn.then(() => fund(this.#funding, [{ to, amount }]))
      this.#turn = turn.catch(() => undefined)
      const [transaction] = await turn
      send(response, 200, { account: to, amount: amount.toString(), transaction })
    } catch (error) {
      const [text = ''] = (error as Error).message.split('\n', 1)
      send(response, error instanceof BadRequestError ? 400 : 502, { error: text.slice(0, 500) })
    } finally {
      this.#waiting--
    }
  }
}

async function giftOf(asked: IncomingMessage): Promise<{ to: Hex; amount: bigint }> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of asked) {
    size += (part as Buffer).length
    if (size > MAX_BYTES) throw new BadRequestError('the request is too long')
    parts.push(part as Buffer)
  }
  let amount: bigint = GIFT
  let account: string
  try {
    const wanted = request.parse(parseJson(Buffer.concat(parts).toString('utf8')))
    account = wanted.account
    if (wanted.amount !== undefined) amount = parseNct(wanted.amount)
  } catch {
    throw new BadRequestError('send {"account": "0x…"}, and where it is not to be the usual one an "amount" in NCT')
  }
  if (amount === 0n || amount > LARGEST_GIFT) {
    throw new BadRequestError(`it gives above 0 and at most ${formatNct(LARGEST_GIFT)} NCT at a time`)
  }
  return { to: getAddress(account), amount }
}

function send(response: ServerResponse, status: number, content: object): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' })
  response.end(`${stringifyJson(content)}\n`)
}
