import { type Guid, newGuid } from '@polyswarm/protocol'
import { describe, expect, it } from 'vitest'
import type { OutboxEntry } from '../journal/outbox.ts'
import { Broadcaster } from './broadcaster.ts'

const { signal } = new AbortController()
let ids = 0

function entry(nonce: number, guid: Guid = newGuid()): OutboxEntry {
  const raw = `0x${nonce.toString(16).padStart(2, '0')}` as const
  return { id: ids++, guid, kind: 'assert', attempt: 1, nonce, hash: raw, raw, state: 'signed', reason: null, head: 1 }
}

/** A broadcaster whose first request is answered when `open` is called, and what it sent. */
function slowBroadcaster(answer: () => boolean = () => false) {
  const requests: number[][] = []
  const gate = Promise.withResolvers<void>()
  const broadcaster = new Broadcaster({
    send: async (raw) => {
      requests.push(raw.map(Number))
      await gate.promise
      if (answer()) throw new Error('no answer')
      return raw.map((message) => ({ is_error: false, message }))
    },
    leaving: () => true,
    answered: () => undefined,
  })
  return { broadcaster, requests, open: () => gate.resolve() }
}

describe('Broadcaster', () => {
  it('sends what gathered meanwhile together, in order, ten at a time', async () => {
    const { broadcaster, requests, open } = slowBroadcaster()
    const all = Array.from({ length: 22 }, (_, nonce) => broadcaster.send([entry(nonce)], 1, signal))
    open()
    await Promise.all(all)
    expect(requests.map(({ length }) => length)).toEqual([1, 10, 10, 1])
    expect(requests.flat()).toEqual(Array.from({ length: 22 }, (_, nonce) => nonce))
  })

  it('never sends two transactions of one attempt in one request', async () => {
    const { broadcaster, requests, open } = slowBroadcaster()
    const [a, b] = [newGuid(), newGuid()]
    const all = [
      broadcaster.send([entry(0, a), entry(1, a)], 1, signal),
      broadcaster.send([entry(2, b), entry(3, b)], 1, signal),
    ]
    open()
    await Promise.all(all)
    expect(requests).toEqual([[0], [1, 2], [3]])
  })

  it('sends nothing that was in line behind a request that failed, and everybody hears of it', async () => {
    let failures = 0
    const { broadcaster, requests, open } = slowBroadcaster(() => failures++ === 0)
    const waiting = entry(1)
    const all = [broadcaster.send([entry(0)], 1, signal), broadcaster.send([waiting], 1, signal)]
    expect(broadcaster.holds(waiting)).toBe(true)
    open()
    expect((await Promise.allSettled(all)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(requests).toEqual([[0]])
    expect(broadcaster.holds(waiting)).toBe(false)
    await broadcaster.send([waiting], 1, signal)
    expect(requests).toEqual([[0], [1]])
  })
})
