import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { asciicast, withoutPauses } from '../docs/recording/cast.ts'
import { castSvg } from '../docs/recording/cast-svg.ts'
import { ScreenLines } from '../docs/recording/screen-lines.ts'
import { ROOT } from './support/markdown.ts'

const SIZE = { columns: 40, rows: 2 }

it('keeps the lines that stay, and not those that are drawn anew', () => {
  const screen = new ScreenLines()
  screen.write('\u001b[?25lone\r\n⠋ block 1\r\n', 1)
  screen.write('\u001b[1A\u001b[0J⠙ blo', 2)
  screen.write('ck 2\r\n\u001b[1A', 3)
  screen.write('\u001b[0J\u001b[32mtwo\u001b[39m\r\n', 4)
  expect(screen.lines).toEqual([
    { at: 1, text: 'one' },
    { at: 4, text: '\u001b[32mtwo\u001b[39m' },
  ])
})

it('cuts pauses, and keeps what is shorter', () => {
  const lines = [0, 0.5, 60, 60.2].map((at) => ({ at, text: '' }))
  expect(withoutPauses({ ...SIZE, lines }, 2).lines.map(({ at }) => at)).toEqual([0, 0.5, 2.5, 2.7])
})

it('writes lines as asciinema plays them', () => {
  const [header, event] = asciicast({ ...SIZE, lines: [{ at: 1.5, text: 'one' }] }).split('\n')
  expect(JSON.parse(header ?? '')).toMatchObject({ version: 2, width: 40, height: 2 })
  expect(JSON.parse(event ?? '')).toEqual([1.5, 'o', 'one\r\n'])
})

it('draws colours, and lets no text be markup', () => {
  const text = '\u001b[1m\u001b[31m<b>\u001b[39m\u001b[22m & more'
  const svg = castSvg({ ...SIZE, lines: [{ at: 0, text }] })
  expect(svg).toContain('<tspan fill="#f47067" font-weight="bold">&lt;b></tspan> &amp; more</text>')
})

it('scrolls when the window is full', () => {
  const lines = [0, 1, 2, 3].map((at) => ({ at, text: `line ${at}` }))
  const svg = castSvg({ ...SIZE, lines })
  expect(svg.match(/@keyframes scroll{(.*)}/)?.[1]?.match(/translateY\(-?\d+px\)/g)).toEqual(
    [0, 0, 17, 34].map((up) => `translateY(${-up}px)`.replace('-0', '0')),
  )
})

it('the recording in the README is of a run that came to its end', () => {
  const cast = readFileSync(join(ROOT, 'docs/recording/first-minute.cast'), 'utf8')
  for (const word of ['posted', 'asserted', 'revealed', 'voted', 'settled', 'is over', 'What next']) {
    expect(cast).toContain(word)
  }
  const svg = readFileSync(join(ROOT, 'docs/recording/first-minute.svg'), 'utf8')
  const [header, ...events] = cast
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const lines = events.map(([at, , text]) => ({ at, text: text.slice(0, -2) }))
  expect(svg).toBe(castSvg({ columns: header.width, rows: header.height, lines }))
})
