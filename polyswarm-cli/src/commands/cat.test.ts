import { createHash } from 'node:crypto'
import { Readable, Writable } from 'node:stream'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ConsumerService } from '../consumer-service.fixture.ts'
import { runPolyswarm } from '../program.ts'
import { runCommand } from '../run-command.fixture.ts'

const CONTENT = 'what is not to be run by a click'
const SHA256 = createHash('sha256').update(CONTENT).digest('hex')

let service: ConsumerService
beforeEach(async () => {
  service = await ConsumerService.start()
  await runCommand(['-u', service.url, 'scan', '-n', '-'], { stdin: CONTENT })
})
afterEach(() => service.stop())

const cat = (...words: string[]) => runCommand(['-u', service.url, 'cat', ...words])

it('an artifact goes to a pipe once all of it is there and is what was asked for', async () => {
  expect(await cat('--raw', SHA256)).toMatchObject({ status: 0, stdout: CONTENT })
  // Whatever is no encrypted zip goes nowhere.
  expect(await cat(SHA256)).toMatchObject({ status: 2, stdout: '' })
  expect(await cat('--raw', '--max-size', '5', SHA256)).toMatchObject({ status: 2, stdout: '' })
  expect((await cat('0'.repeat(64))).status).toBe(1)
  expect((await cat('no hash')).status).toBe(2)
})

it('it does not go to a terminal', async () => {
  let written = ''
  const into = () =>
    new Writable({
      write: (chunk, _, done) => {
        written += chunk
        done()
      },
    })
  const status = await runPolyswarm({
    words: ['-u', service.url, 'cat', '--raw', SHA256],
    ...{ stdin: Readable.from([]), stdout: Object.assign(into(), { isTTY: true }), stderr: into() },
    ...{ colors: false, signal: new AbortController().signal, now: Date.now },
  })
  expect([status, written.includes(CONTENT)]).toEqual([2, false])
  expect(written).toContain('polyswarm download')
})
