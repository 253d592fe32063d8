import {
  bloomOf,
  type Guid,
  guidFromUint128,
  newGuid,
  parseNct,
  postBountyCall,
  settleBountyCall,
} from '@polyswarm/protocol'
import { createPublicClient, http } from 'viem'
import { type Besieged, loopback } from './besieged.ts'
import { type BountyLog, type LoggedBounty, lastBlockOf } from './bounty-log.ts'
import { Purse, type Sent } from './purse.ts'
import { type RawAnswer, type RawRequest, rawRequest } from './raw-request.ts'

/** A bounty as an attacker posts it. */
export interface HostileBounty {
  uri: string
  numArtifacts?: number
  metadata?: string
  /** Blocks. */
  duration?: number
  guid?: Guid
  /** NCT for each artifact; the least that is taken by default. */
  reward?: string
}

/** Headers of a JSON body. */
export const JSON_BODY = { 'content-type': 'application/json' }

/** Where an attack takes place: the daemon, the chain, what has happened on it, and the attack's own purses. */
export class Arena {
  readonly besieged: Besieged
  readonly log: BountyLog
  readonly signal: AbortSignal
  readonly #attack: string
  readonly #daemon: URL
  readonly #purses = new Map<string, Purse>()
  readonly chain

  constructor(attack: string, context: { besieged: Besieged; log: BountyLog; signal: AbortSignal }) {
    this.#attack = attack
    this.besieged = context.besieged
    this.log = context.log
    this.signal = context.signal
    this.#daemon = loopback(this.besieged.polyswarmd)
    this.chain = createPublicClient({ transport: http(loopback(this.besieged.chainRpc).href, { retryCount: 0 }) })
  }

  get daemon(): URL {
    return this.#daemon
  }

  purse(name: string): Purse {
    const known = this.#purses.get(name) ?? new Purse(this.besieged, `${this.#attack}/${name}`)
    this.#purses.set(name, known)
    return known
  }

  ask(request: RawRequest): Promise<RawAnswer> {
    return rawRequest(this.#daemon, request)
  }

  /** Stores a metadata document. @returns its content address; undefined where it is refused. */
  async store(document: string): Promise<string | undefined> {
    const { status, text } = await this.ask({
      method: 'POST',
      path: `/bounties/metadata?account=${this.besieged.ambassador}`,
      headers: JSON_BODY,
      body: document,
    })
    return status === 200 ? (JSON.parse(text) as { result: string }).result : undefined
  }

  /** Uploads files as one directory. @returns its content address; undefined where they are refused. */
  async upload(files: readonly Uint8Array[]): Promise<string | undefined> {
    const form = new FormData()
    for (const [index, file] of files.entries()) form.append('file', new Blob([new Uint8Array(file)]), `file-${index}`)
    const answer = await fetch(new URL('/artifacts', this.#daemon), { method: 'POST', body: form })
    const { result } = (await answer.json()) as { result?: unknown }
    return answer.ok && typeof result === 'string' ? result : undefined
  }

  /** Posts a bounty on the chain itself, past what the daemon would refuse. */
  post(purse: Purse, bounty: HostileBounty): Promise<Sent> {
    const { uri, numArtifacts = 1, metadata = '', duration = 10, guid = newGuid(), reward = '2' } = bounty
    const order = { guid, artifactType: 'file', uri, numArtifacts, duration, bloom: bloomOf([uri]), metadata } as const
    return purse.send(
      postBountyCall(this.besieged.contracts, { ...order, amount: parseNct(reward) * BigInt(numArtifacts) }),
    )
  }

  /** Takes back what is due to a purse on one bounty that is over. */
  async collect(purse: Purse): Promise<void> {
    for (const bounty of this.log.bounties.values()) {
      const isParty =
        bounty.author === purse.address || bounty.assertions.some(({ author }) => author === purse.address)
      const settled = bounty.settlements.some(({ settler }) => settler === purse.address)
      if (!isParty || settled || lastBlockOf(bounty) > this.log.head) continue
      await purse.send(settleBountyCall(this.besieged.contracts, this.guidOf(bounty)))
      return
    }
  }

  /** The bounties of the honest ambassador in which nobody can assert any more after `blocks` from now. */
  targets(blocks: number): LoggedBounty[] {
    const { log, besieged } = this
    return [...log.bounties.values()].filter(
      ({ author, expiration }) => author === besieged.ambassador && expiration > log.head + blocks,
    )
  }

  /** Waits for a bounty of the honest ambassador that can still be asserted on for some blocks. */
  async nextTarget(blocks: number): Promise<LoggedBounty> {
    for (;;) {
      const [target] = this.targets(blocks)
      if (target) return target
      await this.rest(1_000)
    }
  }

  guidOf({ guid }: LoggedBounty): Guid {
    return guidFromUint128(guid)
  }

  /** Waits for a block to be read. */
  async until(block: number): Promise<void> {
    while (this.log.head < block) await this.rest(500)
  }

  /** @throws AbortError once the siege is over. */
  async rest(milliseconds: number): Promise<void> {
    this.signal.throwIfAborted()
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, milliseconds)
      const { signal } = this
      function done() {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        resolve()
      }
      signal.addEventListener('abort', done, { once: true })
    })
    this.signal.throwIfAborted()
  }
}
