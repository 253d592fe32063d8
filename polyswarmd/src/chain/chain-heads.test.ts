import { expect, test } from 'vitest'
import { ChainHeads } from './chain-heads.ts'

const hash = (number: number) => `0x${number.toString(16).padStart(64, '0')}` as const
const head = (number: number, transactions: number[] = [], parent = number - 1) => ({
  number,
  hash: hash(number),
  parent: hash(parent),
  transactions: transactions.map(hash),
})

test('an answer holds until the next block or for its age, and a failure not at all', async () => {
  let now = 0
  const heads = new ChainHeads(() => now)
  let asked = 0
  const ask = () => heads.answered('a', async () => ++asked, 100)
  expect([await ask(), await ask()]).toEqual([1, 1])
  now = 100
  expect(await ask()).toBe(2)
  heads.saw(head(1))
  expect(await ask()).toBe(3)
  heads.saw(head(1))
  expect(await ask()).toBe(3)
  const failing = () => heads.answered('b', () => Promise.reject(new Error(String(++asked))))
  await expect(failing()).rejects.toThrow('4')
  await expect(failing()).rejects.toThrow('5')
})

test('answers do not add up: of more than ten thousand the oldest go', async () => {
  const heads = new ChainHeads(() => 0)
  let asked = 0
  for (let key = 0; key <= 10_000; key++) await heads.answered(String(key), async () => ++asked)
  await heads.answered('10000', async () => ++asked)
  expect(asked).toBe(10_001)
  await heads.answered('0', async () => ++asked)
  expect(asked).toBe(10_002)
})

test('a transaction is waited for until a block has it, or blocks may have been missed, or the signal fires', async () => {
  const heads = new ChainHeads()
  heads.saw(head(1))
  const done: string[] = []
  const ended = new AbortController()
  const waiting = heads.including(hash(7), ended.signal).then(() => done.push('seven'))
  const aborted = heads.including(hash(8), ended.signal).then(() => done.push('eight'))
  heads.saw(head(2, [5, 6]))
  await new Promise(setImmediate)
  expect(done).toEqual([])
  heads.saw(head(3, [7]))
  await waiting
  expect(done).toEqual(['seven'])
  const gap = heads.including(hash(9), AbortSignal.timeout(10_000))
  heads.saw(head(9, [], 8))
  await Promise.all([gap, aborted])
  expect(done).toEqual(['seven', 'eight'])
  const last = heads.including(hash(10), ended.signal)
  ended.abort()
  await last
})
