import { batchCall, type Guid, newGuid, newNonce } from '@polyswarm/protocol'
import { getAddress } from 'viem'
import { beforeEach, describe, expect, it } from 'vitest'
import type { BatchedAction } from '../market/market-action.ts'
import { ActionBatches, type BatchedSubmission } from './action-batches.ts'

const address = (digit: string) => getAddress(`0x${digit.repeat(40)}`)
const market = { chainId: 1, nectarToken: address('1'), arbiterStaking: address('2'), bountyRegistry: address('3') }
const { signal } = new AbortController()
const SUPPORTED = 'Batch nothing done'

/** What was sent, transaction by transaction; each is answered when `answer` is called. */
let sent: { guids: Guid[]; answer: PromiseWithResolvers<void> }[]
let questions: unknown[]
let said: string | Error

beforeEach(() => {
  sent = []
  questions = []
  said = SUPPORTED
})

function newBatches(maxGas = 30_000_000n, factor = 1n): ActionBatches {
  return new ActionBatches({
    market,
    maxGas,
    gasOf: (bound) => bound * factor,
    send: (together) => {
      const answer = Promise.withResolvers<void>()
      sent.push({ guids: together.map(({ guid }) => guid), answer })
      return answer.promise
    },
    simulate: async (calls) => {
      questions.push(calls)
      if (said instanceof Error) throw said
      return [{ error: said }]
    },
  })
}

function vote(guid = newGuid()): BatchedSubmission {
  const order = { guid, votes: 1n, validBloom: true }
  return { guid, action: { kind: 'vote', order, numArtifacts: 1 }, head: 7, signal }
}

function assertion(numArtifacts: number): BatchedSubmission {
  const guid = newGuid()
  const order = { guid, bids: Array<bigint>(numArtifacts).fill(1n), mask: 1n, commitment: newNonce() }
  const action: BatchedAction = { kind: 'assert', order, assertionFee: 1n, numArtifacts }
  return { guid, action, head: 7, signal }
}

/** Ends when so many transactions were sent. */
const untilSent = (count: number) => expect.poll(() => sent.length, { interval: 1 }).toBe(count)

const guidsOf = (submissions: readonly BatchedSubmission[]) => submissions.map(({ guid }) => guid)

describe('ActionBatches', () => {
  it('sends what is submitted at once together, and what gathers until that is answered', async () => {
    const batches = newBatches()
    const [first, second, third] = [[vote(), vote()], [vote()], [vote(), vote()]]
    const all = first.map((each) => batches.submit(each))
    await untilSent(1)
    all.push(...[...second, ...third].map((each) => batches.submit(each)))
    sent[0]?.answer.resolve()
    await untilSent(2)
    sent[1]?.answer.resolve()
    await Promise.all(all)
    expect(sent.map(({ guids }) => guids)).toEqual([guidsOf(first), guidsOf([...second, ...third])])
    expect(questions).toEqual([[batchCall(market, [])]])
  })

  it('asks nothing for one that is alone, and keeps no other kind waiting', async () => {
    const batches = newBatches()
    const [one, other] = [vote(), assertion(1)]
    const voted = batches.submit(one)
    await untilSent(1)
    const asserted = batches.submit(other)
    await untilSent(2)
    for (const { answer } of sent) answer.resolve()
    await Promise.all([voted, asserted])
    expect(sent.map(({ guids }) => guids)).toEqual([[one.guid], [other.guid]])
    expect(questions).toEqual([])
  })

  it.each([
    ['16 of them', () => Array.from({ length: 40 }, () => vote()), 30_000_000n, [16, 16, 8]],
    ['the most gas of a transaction', () => Array.from({ length: 4 }, () => assertion(256)), 9_000_000n, [1, 1, 1, 1]],
    ['the most gas that is set', () => Array.from({ length: 4 }, () => assertion(1)), 500_000n, [2, 2]],
    ['that, where gas is dearer', () => Array.from({ length: 3 }, () => assertion(1)), 500_000n, [1, 1, 1], 2n],
  ])('puts no more than %s into one transaction', async (_what, submissions, maxGas, sizes, factor = 1n) => {
    const batches = newBatches(maxGas, factor)
    const all = submissions().map((each) => batches.submit(each))
    for (let count = 1; count <= sizes.length; count++) {
      await untilSent(count)
      sent[count - 1]?.answer.resolve()
    }
    await Promise.all(all)
    expect(sent.map(({ guids }) => guids.length)).toEqual(sizes)
  })

  it.each([
    ['the registry has none', 'execution reverted', 1],
    ['the daemon does not answer, which it may next time', new Error('no answer'), 2],
  ])('sends each by itself, and lets none wait for another, where %s', async (_why, answer, asked) => {
    said = answer
    const batches = newBatches()
    for (const before of [0, 3]) {
      const submissions = [vote(), vote(), vote()]
      const all = submissions.map((each) => batches.submit(each))
      await untilSent(before + 3)
      expect(sent.slice(before).map(({ guids }) => guids)).toEqual(submissions.map(({ guid }) => [guid]))
      for (const { answer: answered } of sent.slice(before)) answered.resolve()
      await Promise.all(all)
    }
    expect(questions).toHaveLength(asked)
  })

  it('makes none for a while after one that failed, whatever the daemon says', async () => {
    const batches = newBatches()
    batches.failed(7)
    const submitAll = (head: number) => [vote(), vote()].map((each) => batches.submit({ ...each, head }))
    const alone = submitAll(70)
    await untilSent(2)
    for (const { answer } of sent) answer.resolve()
    await Promise.all(alone)
    const together = submitAll(71)
    await untilSent(3)
    sent[2]?.answer.resolve()
    await Promise.all(together)
    expect(sent.map(({ guids }) => guids.length)).toEqual([1, 1, 2])
  })

  it('leaves out nothing, whenever it is submitted: also as the last answer comes', async () => {
    const batches = newBatches()
    for (let turns = 0; turns < 12; turns++) {
      const before = sent.length
      const first = batches.submit(vote())
      await untilSent(before + 1)
      sent[before]?.answer.resolve()
      // Later by one microtask each time.
      for (let turn = 0; turn < turns; turn++) await null
      const second = batches.submit(vote())
      await untilSent(before + 2)
      sent[before + 1]?.answer.resolve()
      await Promise.all([first, second])
    }
  })

  it('tells everybody of a batch why it could not be sent, and goes on with the next', async () => {
    const batches = newBatches()
    const all = Promise.allSettled([vote(), vote()].map((each) => batches.submit(each)))
    await untilSent(1)
    const next = batches.submit(vote())
    sent[0]?.answer.reject(new Error('too dear'))
    expect(await all).toMatchObject(Array(2).fill({ status: 'rejected', reason: { message: 'too dear' } }))
    await untilSent(2)
    sent[1]?.answer.resolve()
    await next
  })

  it('sends nothing that was given up while it waited', async () => {
    const batches = newBatches()
    const first = batches.submit(vote())
    await untilSent(1)
    const stop = new AbortController()
    const givenUp = batches.submit({ ...vote(), signal: stop.signal })
    const kept = vote()
    const last = batches.submit(kept)
    stop.abort(new Error('stopping'))
    sent[0]?.answer.resolve()
    await expect(givenUp).rejects.toThrow('stopping')
    await untilSent(2)
    sent[1]?.answer.resolve()
    await Promise.all([first, last])
    expect(sent[1]?.guids).toEqual([kept.guid])
  })
})
