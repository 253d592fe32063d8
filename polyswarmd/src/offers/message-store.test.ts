import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { guidFromUint128 } from '@polyswarm/protocol'
import { expect, test } from 'vitest'
import { MessageStore } from './message-store.ts'

const directory = mkdtempSync(join(tmpdir(), 'messages-'))
let files = 0
const newFile = () => join(directory, `${files++}.sqlite`)
const [A, B] = [guidFromUint128(1n), guidFromUint128(2n)]
const texts = (store: MessageStore, guid = A, position = 0) => store.after(guid, position).map(({ text }) => text)

test('messages are kept by offer, in order, with positions that only grow, across a restart', () => {
  const file = newFile()
  const first = MessageStore.open(file)
  expect([first.append(A, 'a'), first.append(B, 'b'), first.append(A, 'c')]).toEqual([1, 2, 3])
  expect(texts(first)).toEqual(['a', 'c'])
  expect(texts(first, A, 1)).toEqual(['c'])
  const { id } = first
  first.close()
  const second = MessageStore.open(file)
  expect([second.id, second.lastPosition, second.append(B, 'd')]).toEqual([id, 3, 4])
  expect(texts(second, B)).toEqual(['b', 'd'])
  second.close()
})

test('the oldest go where there are too many, too large ones, or too many of all offers', () => {
  const store = MessageStore.open(newFile(), { perOffer: 3, bytesPerOffer: 20, total: 6 })
  for (const text of ['1', '2', '3', '4']) store.append(A, text)
  expect(texts(store)).toEqual(['2', '3', '4'])
  store.append(B, 'x'.repeat(15))
  store.append(B, 'ü'.repeat(4))
  expect(texts(store, B)).toEqual(['ü'.repeat(4)])
  store.append(B, 'y'.repeat(30))
  expect(texts(store, B)).toEqual([])
  for (let i = 0; i < 6; i++) store.append(B, 'z')
  expect(texts(store)).toEqual([])
  expect(store.lastPosition).toBe(13)
  store.close()
})

test('a file that is none is refused in one sentence', () => {
  const file = newFile()
  writeFileSync(file, 'x'.repeat(5_000))
  expect(() => MessageStore.open(file)).toThrow(/cannot be used/)
})
