import { type MarketEvent, newGuid } from '@polyswarm/protocol'
import fc from 'fast-check'
import { getAddress } from 'viem'
import { expect, test } from 'vitest'
import { DueForecast } from './due-forecast.ts'
import { isTimeToSettle } from './settlement-time.ts'

const guid = newGuid()
const author = getAddress(`0x${'a'.repeat(40)}`)
const terms = { assertion_reveal_window: 10, arbiter_vote_window: 20 }
const EXPIRATION = 100
const [REVEAL_END, END] = [110, 130]
const PATIENCE = 16

const tell = (event: string, data: object = { bounty_guid: guid }, cursor: string | undefined = 'L-5') =>
  ({ event, data, block_number: 112, ...(cursor !== undefined && { cursor }) }) as unknown as MarketEvent
const bounty = (more: object = { terms }) => tell('bounty', { guid, author, expiration: `${EXPIRATION}`, ...more })
const told = (event: string, data: object) => ({ ...tell(event, data), cursor: undefined }) as MarketEvent
const open = told('bounty', { guid, author, expiration: `${EXPIRATION}`, terms })

function forecast(events: readonly MarketEvent[], options: Partial<ConstructorParameters<typeof DueForecast>[0]> = {}) {
  const made = new DueForecast({ patience: PATIENCE, fromBeginning: true, ...options })
  for (const event of events) made.hear(event)
  return made
}

/** Blocks, from shortly before the expiration on, in which something is expected. */
const expected = (made: DueForecast) =>
  Array.from({ length: 200 }, (_, index) => EXPIRATION - 10 + index).filter((head) => made.expects(head))
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)

test('reveals are expected in their window until there are none, settlements from their time until all have settled', () => {
  const asserted = [bounty(), tell('assertion'), tell('assertion')]
  const late = range(END + 2, END + 65)
  expect(expected(forecast(asserted))).toEqual([...range(EXPIRATION, REVEAL_END), ...late])
  const revealed = [...asserted, tell('reveal'), tell('reveal'), tell('vote'), tell('quorum')]
  expect(expected(forecast(revealed))).toEqual(late)
  const settled = [...revealed, ...Array.from({ length: 4 }, () => tell('settled_bounty'))]
  expect(expected(forecast(settled))).toEqual([])
})

test('on bounties of others nothing is expected where only those of one account are looked after', () => {
  const events = [bounty(), tell('assertion')]
  expect(expected(forecast(events, { author: getAddress(`0x${'b'.repeat(40)}`) }))).toEqual([])
  expect(expected(forecast(events, { author }))).not.toEqual([])
})

test.each<[string, MarketEvent[], boolean]>([
  ['listening began in the middle', [], false],
  ['the daemon does not tell terms', [bounty({})], true],
  ['another daemon answers', [bounty(), tell('connected', { start_time: '1' }, 'M-1')], true],
])('something is expected in each block for as long as a bounty can last, where %s', (_why, events, fromBeginning) => {
  const made = forecast(events, { fromBeginning })
  for (let head = 1_000; head < 2_000; head++) expect(made.expects(head)).toBe(true)
  expect(made.expects(2_000)).toBe(false)
})

test('a connection that goes on where the last one ended changes nothing', () => {
  const made = forecast([bounty(), tell('assertion'), tell('connected', { start_time: '1' }, 'L-5')])
  expect(expected(made)[0]).toBe(EXPIRATION)
})

test('of what is open when a program begins, and after a re-org, all is expected that can be due', () => {
  const all = [...range(EXPIRATION, REVEAL_END), ...range(END + 2, END + 65)]
  const snapshot = tell('snapshot', { number: 5 })
  expect(expected(forecast([told('connected', {}), open, snapshot], { fromBeginning: false }))).toEqual(all)
  const settled = [bounty(), tell('settled_bounty'), tell('reorg', { number: 90 })]
  expect(expected(forecast(settled))).toEqual(all)
})

test('whatever happens on a bounty, a reveal or settlement that is due is expected', () => {
  const happening = fc.array(fc.constantFrom('assertion', 'reveal', 'vote', 'quorum', 'settled_bounty', 'reorg'))
  fc.assert(
    fc.property(happening, fc.integer({ min: EXPIRATION, max: END + 64 }), (names, head) => {
      const count = (name: string) => names.filter((one) => one === name).length
      // What is revealed and settled was asserted before.
      fc.pre(count('reveal') <= count('assertion') && count('settled_bounty') < 1 + count('assertion') + count('vote'))
      const made = forecast([bounty(), ...names.map((name) => tell(name))])
      const since = names.includes('quorum') ? 112 : END
      const isDue =
        (count('reveal') < count('assertion') && head < REVEAL_END) ||
        isTimeToSettle({ since, end: END }, head, PATIENCE)
      if (isDue) expect(made.expects(head)).toBe(true)
    }),
  )
})
