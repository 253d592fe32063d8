import { spawnSync } from 'node:child_process'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createLogger } from './logger.ts'

/** What a program has written that logs two lines and then ends in a certain way. */
function writtenBefore(end: string): string[] {
  const code = `
    const { createLogger } = await import('./dist/runtime/reports/logger.js')
    const logger = createLogger({ level: 'info', format: 'text' }, process.stdout)
    logger.info('one')
    logger.info('two')
    ${end}`
  const cwd = new URL('../../..', import.meta.url)
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { cwd, encoding: 'utf8' })
  return stdout.trimEnd().split('\n')
}

describe('the log of a program', () => {
  it('is written once in a turn of the event loop, in order', async () => {
    const writes: string[] = []
    const logger = createLogger({ level: 'info', format: 'text' }, { write: (text) => writes.push(text) })
    for (let round = 0; round < 2; round++) {
      for (let line = 0; line < 100; line++) logger.info(`line ${line}`)
      await setImmediate()
    }
    const all = Array.from({ length: 100 }, (_, line) => `line ${line}`)
    expect(writes.map((text) => text.match(/line \d+/g))).toEqual([all, all])
  })

  it.each([
    ['comes to its end', ''],
    ['exits', 'process.exit(3)'],
    ['fails', "throw new Error('fails')"],
    ['fails later', "setImmediate(() => { logger.info('three'); throw new Error('fails') })"],
  ])('is written whole when the program %s', (how, end) => {
    const lines = how === 'fails later' ? ['one', 'two', 'three'] : ['one', 'two']
    expect(writtenBefore(end).map((line) => line.split(' ').at(-1))).toEqual(lines)
  })
})
