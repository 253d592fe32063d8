import type { IncomingMessage, ServerResponse } from 'node:http'
import { PolySwarmError, parseJson, stringifyJson } from '@polyswarm/protocol'
import { z } from 'zod'
import { BlockControlError } from '../errors.js'
import type { Miner } from '../processes/miner.js'

/** What can be asked of the blocks of a dev market; all that is given is done, in this order. */
const request = z.strictObject({
  /** Seconds between two blocks. */
  block_time: z.number().min(0.05).max(60).optional(),
  /** Whether blocks come by themselves. */
  running: z.boolean().optional(),
  /** Mines one block, where none come by themselves. */
  step: z.literal(true).optional(),
})

/** Bytes of a request. */
const MAX_BYTES = 1_024

/** Lets whoever works with a dev market hold its blocks, step through them, and change their pace. */
export class BlockControl {
  readonly #miner: Miner
  #isOpen = false
  #turn: Promise<void> = Promise.resolve()

  constructor(miner: Miner) {
    this.#miner = miner
  }

  /** From here on blocks may be mined: all programs of the market have started. */
  open(): void {
    this.#isOpen = true
    this.#miner.start()
  }

  /** From here on no block is mined, whoever asks. Resolves when the last one is mined. */
  async close(): Promise<void> {
    this.#isOpen = false
    await this.#turn
    await this.#miner.hold()
  }

  /** Answers `GET` with how blocks come, and `POST` after it has changed that. */
  async answer(asked: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (asked.method === 'POST') await this.#change(await bodyOf(asked))
      else if (asked.method !== 'GET') throw new BlockControlError({ reason: 'ask with GET or POST' })
      const { isRunning, blockTime } = this.#miner
      send(response, 200, { running: isRunning, block_time: blockTime })
    } catch (error) {
      const known = error instanceof PolySwarmError
      send(response, known ? error.status : 502, { error: known ? error.message : 'the chain does not answer' })
    }
  }

  /** One change after the other: a block that is being mined is not held twice. */
  async #change({ block_time: blockTime, running, step }: z.infer<typeof request>): Promise<void> {
    const change = async () => {
      if (!this.#isOpen) throw new BlockControlError({ reason: 'the market is starting or stopping' })
      if (blockTime !== undefined) this.#miner.blockTime = blockTime
      if (running === false) await this.#miner.hold()
      if (running === true) this.#miner.start()
      if (step) await this.#miner.step()
    }
    const turn = this.#turn.then(change)
    this.#turn = turn.catch(() => undefined)
    await turn
  }
}

async function bodyOf(asked: IncomingMessage): Promise<z.infer<typeof request>> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of asked) {
    size += (part as Buffer).length
    if (size > MAX_BYTES) throw new BlockControlError({ reason: 'the request is too long' })
    parts.push(part as Buffer)
  }
  try {
    return request.parse(parseJson(Buffer.concat(parts).toString('utf8')))
  } catch {
    const reason = 'send {"running": true or false}, {"step": true} or {"block_time": seconds from 0.05 to 60}'
    throw new BlockControlError({ reason })
  }
}

function send(response: ServerResponse, status: number, content: object): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(`${stringifyJson(content)}\n`)
}
