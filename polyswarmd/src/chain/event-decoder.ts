import { type Abi, type AbiEvent, type AbiParameter, getAddress, type Hex, toEventSelector } from 'viem'
import type { RawLog } from './decode-log.js'

/** Digits of a word of 32 bytes. */
const WORD = 64

type Decode = (words: string, at: number) => unknown

interface Field {
  name: string
  decode: Decode
}

interface EventFields {
  eventName: string
  indexed: readonly Field[]
  /** With the place of each in the head, in digits. */
  others: readonly (Field & { at: number })[]
}

/**
 * A decoder of the events of one contract, with named arguments. It does what viem's `decodeEventLog` does, and a test
 * holds the two together; that one hashes the signatures of all events for each log anew and goes through bytes one by
 * one, which would be most of the time that reading a long chain takes.
 *
 * @param asText names of fields of fixed length that are left as the hexadecimal digits that they are, without 0x.
 * @throws TypeError for a type that no event of the market has.
 */
export function eventDecoder(
  abi: Abi,
  asText: ReadonlySet<string> = new Set(),
): (log: RawLog) => { eventName: string; args: Record<string, unknown> } {
  const events = new Map<Hex | undefined, EventFields>(
    abi.filter((item) => item.type === 'event').map((event) => [toEventSelector(event), fieldsOf(event, asText)]),
  )
  return ({ topics, data }) => {
    const event = events.get(topics[0])
    if (!event) throw new RangeError(`no event has the topic ${topics[0]}`)
    const args: Record<string, unknown> = {}
    for (const [index, { name, decode }] of event.indexed.entries()) {
      args[name] = decode(topics[index + 1]?.slice(2) ?? '', 0)
    }
    const words = data.slice(2)
    for (const { name, decode, at } of event.others) args[name] = decode(words, at)
    return { eventName: event.eventName, args }
  }
}

function fieldsOf({ name: eventName, inputs }: AbiEvent, asText: ReadonlySet<string>): EventFields {
  const fieldOf = ({ name = '', type }: AbiParameter) => ({
    name,
    decode: asText.has(name) ? digitsOf(type) : decodeOf(type),
  })
  let at = 0
  const others = inputs
    .filter(({ indexed }) => indexed !== true)
    .map((input) => {
      const field = { ...fieldOf(input), at }
      at += WORD * wordsIn(input.type)
      return field
    })
  return { eventName, indexed: inputs.filter(({ indexed }) => indexed === true).map(fieldOf), others }
}

/** The words of a value, as they are. */
function digitsOf(type: string): Decode {
  const length = WORD * wordsIn(type)
  return (words, at) => {
    const found = words.slice(at, at + length)
    if (found.length < length) throw new RangeError('an event ends too early')
    return found
  }
}

function wordsIn(type: string): number {
  return Number(/\[(\d+)\]$/.exec(type)?.[1] ?? 1)
}

function decodeOf(type: string): Decode {
  const array = /^(\w+)\[(\d*)\]$/.exec(type)
  if (array) return arrayOf(decodeOf(array[1] ?? ''), array[2] ? Number(array[2]) : undefined)
  if (/^uint\d+$/.test(type)) return (words, at) => BigInt(`0x${word(words, at)}`)
  if (type === 'address') return (words, at) => getAddress(`0x${word(words, at).slice(24)}`)
  if (type === 'bool') return (words, at) => BigInt(`0x${word(words, at)}`) !== 0n
  if (type === 'string') return text
  throw new TypeError(`events of type ${type} are not decoded`)
}

function arrayOf(decode: Decode, fixed: number | undefined): Decode {
  return (words, at) => {
    const start = fixed === undefined ? tail(words, at) : at
    const length = fixed ?? count(words, start)
    const first = fixed === undefined ? start + WORD : start
    if (first + length * WORD > words.length) throw new RangeError('an event ends too early')
    return Array.from({ length }, (_, index) => decode(words, first + index * WORD))
  }
}

function text(words: string, at: number): string {
  const start = tail(words, at)
  const end = start + WORD + 2 * count(words, start)
  if (end > words.length) throw new RangeError('an event ends too early')
  return Buffer.from(words.slice(start + WORD, end), 'hex').toString('utf8')
}

/** Where the value lies that a word of the head points to, in digits. */
function tail(words: string, at: number): number {
  return 2 * count(words, at)
}

function count(words: string, at: number): number {
  const value = Number(`0x${word(words, at)}`)
  if (value > words.length) throw new RangeError('an event points beyond its end')
  return value
}

function word(words: string, at: number): string {
  const found = words.slice(at, at + WORD)
  if (found.length < WORD) throw new RangeError('an event ends too early')
  return found
}
