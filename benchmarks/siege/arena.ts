import { bloomOf, type Guid, guidFromUint128, newGuid, parseNct, postBountyCall } from '@polyswarm/protocol'
import { createPublicClient, http } from 'viem'
import { type Besieged, loopback } from './besieged.ts'
import type { BountyLog, LoggedBounty } from './bounty-log.ts'
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
}

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
    const { uri, numArtifacts = 1, metadata = '', duration = 10, guid = newGuid() } = bounty
    const order = { guid, artifactType: 'file', uri, numArtifacts, duration, bloom: bloomOf([uri]), metadata } as const
    return purse.send(
      postBountyCall(this.besieged.contracts, { ...order, amount: parseNct('2') * BigInt(numArtifacts) }),
    )
  }

  /** The bounties of the honest ambassador in which nobody can assert any more after `blocks` from now. */
  targets(blocks: number): LoggedBounty[] {
    const { log, besieged } = this
    return [...log.bounties.values()].filter(
      ({ author, expiration }) => author === besieged.ambassador && expiration > log.head + blocks,
    )
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
