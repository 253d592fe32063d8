import { bountyRegistryAbi } from '@polyswarm/protocol'
import fc from 'fast-check'
import { type AbiEvent, decodeEventLog, encodeAbiParameters, encodeEventTopics, getAddress, type Hex } from 'viem'
import { expect, test } from 'vitest'
import type { RawLog } from './decode-log.ts'
import { eventDecoder } from './event-decoder.ts'

const decode = eventDecoder(bountyRegistryAbi)
const events: readonly AbiEvent[] = bountyRegistryAbi.filter((item) => item.type === 'event')
const emitter = `0x${'11'.repeat(20)}` as const

const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((array) => `0x${Buffer.from(array).toString('hex')}` as Hex)

function arbitraryOf(type: string): fc.Arbitrary<unknown> {
  const [, element, length] = /^(\w+)\[(\d*)\]$/.exec(type) ?? []
  if (element) {
    const size = length ? { minLength: Number(length), maxLength: Number(length) } : { maxLength: 20 }
    return fc.array(arbitraryOf(element), size)
  }
  if (type === 'address') return hex(20).map((address) => getAddress(address))
  if (type === 'bool') return fc.boolean()
  if (type === 'string') return fc.string({ unit: 'grapheme' })
  return fc.bigInt({ min: 0n, max: 2n ** BigInt(type.replace('uint', '')) - 1n })
}

/** A log as the contract writes it, with its event. */
const logs = fc.constantFrom(...events).chain((event) =>
  fc.tuple(...event.inputs.map(({ type }) => arbitraryOf(type))).map((values): { event: AbiEvent; log: RawLog } => {
    const args = Object.fromEntries(event.inputs.map(({ name = '' }, index) => [name, values[index]]))
    const others = event.inputs.filter(({ indexed }) => indexed !== true)
    const data = encodeAbiParameters(
      others,
      others.map(({ name = '' }) => args[name]),
    )
    return { event, log: { address: emitter, topics: encodeEventTopics({ abi: [event], args }) as Hex[], data } }
  }),
)

test('every event of the registry is decoded as viem decodes it', () => {
  fc.assert(
    fc.property(logs, ({ event, log: { topics, data } }) => {
      const expected = decodeEventLog({ abi: [event], topics: topics as [Hex], data, strict: true })
      expect(decode({ address: emitter, topics, data })).toEqual({ ...expected, args: expected.args ?? {} })
    }),
    { numRuns: 500 },
  )
})

test('data that ends too early, or points elsewhere, is an error and no wrong event', () => {
  fc.assert(
    fc.property(logs, fc.nat(), ({ log }, cut) => {
      fc.pre(log.data.length > 2)
      const data = log.data.slice(0, 2 + (cut % (log.data.length - 2))) as Hex
      let decoded: unknown
      try {
        decoded = decode({ ...log, data })
      } catch (error) {
        expect((error as Error).message).toMatch(/^an event /)
        return
      }
      // Nothing but the padding of a text at the end was missing.
      expect(decoded).toEqual(decode(log))
    }),
  )
  const bounty = events.find(({ name }) => name === 'NewBounty') as AbiEvent
  const topics = encodeEventTopics({ abi: [bounty] }) as Hex[]
  const data = `0x${'ff'.repeat(7 * 32)}` as const
  expect(() => decode({ address: emitter, topics, data })).toThrow('points beyond its end')
  expect(() => decode({ address: emitter, topics: [`0x${'00'.repeat(32)}`], data })).toThrow('no event has the topic')
})
