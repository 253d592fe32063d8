import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { guidFromUint128 } from '@polyswarm/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MessageStore } from './message-store.ts'
import type { Seal } from './offer-message.ts'

const directory = mkdtempSync(join(tmpdir(), 'messages-'))
let files = 0
const newFile = () => join(directory, `${files++}.sqlite`)
const [A, B] = [guidFromUint128(1n), guidFromUint128(2n)]
const texts = (store: MessageStore, guid = A, position = 0) => store.after(guid, position).map(({ text }) => text)
const seal = (nonce: number, over: Partial<Seal> = {}): Seal => ({
  author: 'ambassador',
  type: 'offer',
  digest: `0x${nonce}`,
  sequence: nonce.toString(16).padStart(64, '0'),
  ...over,
})

test('messages are kept by offer, in order, with positions that only grow, across a restart', () => {
  const file = newFile()
  const first = MessageStore.open(file)
  const kept = [first.append(A, 'a', seal(1)), first.append(B, 'b', seal(1)), first.append(A, 'c', seal(2))]
  expect(kept.map((one) => one?.position)).toEqual([1, 2, 3])
  expect(texts(first)).toEqual(['a', 'c'])
  expect(texts(first, A, 1)).toEqual(['c'])
  const { id } = first
  first.close()
  const second = MessageStore.open(file)
  expect([second.id, second.lastPosition, second.append(B, 'd', seal(2))?.position]).toEqual([id, 3, 4])
  expect(texts(second, B)).toEqual(['b', 'd'])
  second.close()
})

test('each party has room of its own, in which its latest states stay', () => {
  const store = MessageStore.open(newFile(), { perParty: 3, bytesPerParty: 20, totalBytes: 10_000 })
  store.append(A, 'expert', seal(1, { author: 'expert' }))
  for (const nonce of [1, 2, 3, 4]) store.append(A, String(nonce), seal(nonce))
  expect(texts(store)).toEqual(['expert', '2', '3', '4'])
  store.append(B, 'x'.repeat(15), seal(1))
  store.append(B, 'ü'.repeat(4), seal(2))
  expect(texts(store, B)).toEqual(['ü'.repeat(4)])
  expect(store.append(B, 'y'.repeat(30), seal(1))).toBeNull()
  expect(texts(store, B)).toEqual(['ü'.repeat(4)])
  expect(store.lastPosition).toBe(8)
  store.close()
})

test('whoever repeats what a party signed, as often and as whatever, pushes nothing out', () => {
  const honest = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 30 })
  const repeated = fc.array(fc.tuple(fc.nat(29), fc.string({ maxLength: 3 })), { maxLength: 200 })
  fc.assert(
    fc.property(honest, repeated, (lengths, repeats) => {
      const store = MessageStore.open(':memory:', { perParty: 40, bytesPerParty: 10_000, totalBytes: 100_000 })
      const sent = lengths.map((length, nonce) => {
        const message = { text: `party ${nonce} ${'x'.repeat(length)}`, seal: seal(nonce) }
        expect(store.append(A, message.text, message.seal)).toMatchObject({ latest: true })
        return message
      })
      for (const [index, type] of repeats) {
        const of = sent[index % sent.length]?.seal
        if (of) expect(store.append(A, `stranger ${type}`, { ...of, type })?.latest ?? false).toBe(false)
      }
      // 40 messages at 8 types a state: the last five states are there, whatever strangers do.
      for (const { text } of sent.slice(-5)) expect(texts(store)).toContain(text)
      store.close()
    }),
    { numRuns: 60 },
  )
})

test('what is dropped does not come back by being sent again, nor takes the place of what is later', () => {
  const store = MessageStore.open(newFile(), { perParty: 3, bytesPerParty: 1_000, totalBytes: 10_000 })
  for (const nonce of [1, 2, 3, 4, 5]) store.append(A, String(nonce), seal(nonce))
  expect(store.append(A, '1', seal(1))).toBeNull()
  expect(store.append(A, '5', seal(5))).toBeNull()
  expect(texts(store)).toEqual(['3', '4', '5'])
  store.close()
})

test('where all offers have too much, the one with most gives way, and a small one keeps what it has', () => {
  const store = MessageStore.open(newFile(), { perParty: 100, bytesPerParty: 1_000, totalBytes: 1_000 })
  store.append(A, 'small', seal(1))
  for (let offer = 10n; offer < 20n; offer++) {
    for (let nonce = 0; nonce < 20; nonce++) store.append(guidFromUint128(offer), 'z'.repeat(50), seal(nonce))
  }
  expect(texts(store)).toEqual(['small'])
  const held = Array.from({ length: 10 }, (_, index) => texts(store, guidFromUint128(10n + BigInt(index))).length)
  expect(held.reduce((sum, count) => sum + count, 0) * 50).toBeLessThanOrEqual(1_000)
  store.close()
})

test('a file from before messages had authors goes on: what it has stays, and goes first', () => {
  const file = newFile()
  const old = new DatabaseSync(file)
  old.exec(`CREATE TABLE store (id TEXT NOT NULL) STRICT; INSERT INTO store VALUES ('00112233aabbccdd');
    CREATE TABLE messages (position INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT NOT NULL, text TEXT NOT NULL) STRICT`)
  old.prepare('INSERT INTO messages (guid, text) VALUES (?, ?)').run(A, 'old')
  old.close()
  const store = MessageStore.open(file, { perParty: 100, bytesPerParty: 1_000, totalBytes: 10 })
  expect([store.id, store.lastPosition, texts(store)]).toEqual(['00112233aabbccdd', 1, ['old']])
  store.append(A, 'newer one', seal(1))
  expect(texts(store)).toEqual(['newer one'])
  store.close()
  expect(texts(MessageStore.open(file))).toEqual(['newer one'])
})

test('a file that is none is refused in one sentence', () => {
  const file = newFile()
  writeFileSync(file, 'x'.repeat(5_000))
  expect(() => MessageStore.open(file)).toThrow(/cannot be used/)
})
