import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { storyTeller } from './terminal.js'

/** What a person sees of a stream: lines that a cursor can go back into. */
class Screen extends Writable {
  readonly isTTY: boolean
  readonly columns: number
  readonly lines: string[] = ['']

  constructor({ isTTY, columns }: { isTTY: boolean; columns: number }) {
    super({ decodeStrings: false })
    this.isTTY = isTTY
    this.columns = columns
  }

  override _write(chunk: string, _: string, done: () => void): void {
    for (const part of chunk.replaceAll('\x1b', '␛').split(/(␛\[\d+A␛\[0J|\n)/)) {
      const up = /␛\[(\d+)A/.exec(part)
      if (up) this.lines.splice(this.lines.length - 1 - Number(up[1]), Number.POSITIVE_INFINITY, '')
      else if (part === '\n') this.lines.push('')
      else this.lines[this.lines.length - 1] += part
    }
    done()
  }
}

test('on a terminal there is one live line below the story, and nothing of it is left at the end', () => {
  const screen = new Screen({ isTTY: true, columns: 60 })
  const teller = storyTeller(screen)
  teller.now(['block 1  no open bounty'])
  teller.say('7e0a561c posted   ambassador asks about a file with quite a long name for 2 NCT, until block 58')
  teller.now([`block 2  ${'x'.repeat(100)}`])
  expect(screen.lines.slice(0, 2)).toEqual([
    '7e0a561c posted   ambassador asks about a file with quite a',
    '                  long name for 2 NCT, until block 58',
  ])
  expect(screen.lines).toHaveLength(4)
  for (const line of screen.lines) expect(line.length).toBeLessThanOrEqual(60)
  teller.close()
  expect(screen.lines.slice(2)).toEqual([''])
})

test('elsewhere each line stays whole, for programs to read', () => {
  const screen = new Screen({ isTTY: false, columns: 60 })
  const teller = storyTeller(screen)
  teller.now(['block 1'])
  teller.say('x '.repeat(100))
  teller.close()
  expect(screen.lines).toEqual(['x '.repeat(100), ''])
})
