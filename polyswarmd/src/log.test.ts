import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { createLog } from './log.ts'

/** A log whose lines can be read back. */
function captured(level: string, format: string) {
  const lines: string[] = []
  const output = new Writable({
    write: (line, _encoding, done) => {
      lines.push(String(line))
      done()
    },
  })
  return { log: createLog({ level, format }, output), lines }
}

test('text is a line for people, with the reason of an error', () => {
  const { log, lines } = captured('INFO', 'text')
  log.info({ url: 'http://x', count: 2 }, 'listening')
  log.warn({ err: new Error('gone') }, 'no node')
  log.debug('not shown')
  expect(lines).toEqual([
    expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z INFO {2}listening url=http:\/\/x count=2\n$/),
    expect.stringMatching(/^\S+ WARN {2}no node reason=gone\n$/),
  ])
})

test('json is a document a line', () => {
  const { log, lines } = captured('warning', 'json')
  log.info('not shown')
  log.error({ chain: 'side' }, 'failed')
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { level: 50, time: expect.any(String), chain: 'side', msg: 'failed' },
  ])
})

test('levels and formats that do not exist are named', () => {
  expect(() => captured('loud', 'text')).toThrow('Setting log-level is "loud"')
  expect(() => captured('info', 'xml')).toThrow('Setting log-format is "xml"')
})
