import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConsumerService } from '../consumer-service.fixture.ts'
import { runCommand } from '../run-command.fixture.ts'

const HASH = 'ab'.repeat(32)

let service: ConsumerService
let directory: string
beforeEach(async () => {
  service = await ConsumerService.start()
  directory = mkdtempSync(join(tmpdir(), 'polyswarm-'))
})
afterEach(async () => {
  rmSync(directory, { recursive: true })
  await service.stop()
})

const polyswarm = (...words: string[]) => runCommand(['-u', service.url, ...words])
const answersWith = (answer: (response: ServerResponse) => void): void => {
  service.misbehave = (_request, response) => {
    answer(response)
    return true
  }
}

describe('an answer that is none ends with one sentence and status 2', () => {
  it.each([
    ['no JSON', (response: ServerResponse) => response.end('<html>'), /it is no JSON/],
    [
      'another shape',
      (response: ServerResponse) => response.end('{"status":"OK","result":7}'),
      /result: Invalid input/,
    ],
    ['deep', (response: ServerResponse) => response.end('['.repeat(100_000)), /it is no JSON/],
    ['many values', (response: ServerResponse) => response.end(`[${'0,'.repeat(400_000)}0]`), /or too much of it/],
    ['large', (response: ServerResponse) => response.end('x'.repeat(9_000_000)), /more than 8388608 bytes/],
    [
      'a redirect',
      (response: ServerResponse) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
      /with status 302/,
    ],
  ])('%s', async (_name, answer, expected) => {
    answersWith(answer)
    const { status, stdout, stderr } = await polyswarm('lookup', HASH)
    expect(stderr).toMatch(expected)
    expect(stderr.trim().split('\n').length).toBe(1)
    expect([status, stdout]).toEqual([2, ''])
  })

  it('pages that go round', async () => {
    const page = { result: [service.remember({ sha256: HASH })], has_more: true, limit: 1, offset: 'again' }
    answersWith((response) => service.answer(response, page))
    const { status, stdout, stderr } = await polyswarm('search', HASH, '--fmt', 'sha256')
    expect(stderr).toContain('its pages go round')
    expect([status, stdout]).toEqual([3, `${HASH}\n`.repeat(2)])
  })

  it('of pages without end no more is asked for than is shown', async () => {
    let page = 0
    const result = [service.remember({ sha256: HASH })]
    answersWith((response) => service.answer(response, { result, has_more: true, limit: 1, offset: `${page++}` }))
    const { status, stdout } = await polyswarm('search', HASH, '--limit', '5', '--fmt', 'sha256')
    expect([status, stdout, page]).toEqual([0, `${HASH}\n`.repeat(5), 5])
  })
})

it('what is silent is given up', async () => {
  answersWith(() => undefined)
  const { status, stderr } = await polyswarm('--request-timeout', '0.1', 'rescan', HASH)
  expect(stderr).toContain('is not available (n')
  expect(status).toBe(1)
})

it('what drips is given up', async () => {
  let dripping: NodeJS.Timeout | undefined
  answersWith((response) => {
    response.writeHead(200)
    dripping = setInterval(() => response.write(' '), 20)
  })
  const { status, stderr } = await polyswarm('--request-timeout', '0.2', 'rescan', HASH)
  clearInterval(dripping)
  expect(stderr).toContain('no whole answer within 0.4 s')
  expect(status).toBe(1)
})

it('a rescan whose answer is lost is not asked for twice: it would be paid for twice', async () => {
  answersWith((response) => response.destroy())
  expect((await polyswarm('rescan', HASH)).status).toBe(1)
  expect(service.requests.length).toBe(1)
})

it('what strangers write is shown as text, in every format', async () => {
  const evil = '\u202Egpj.exe\x1b[2J\n\r\u2028'
  service.remember({
    sha256: HASH,
    filename: evil,
    failed: true,
    failed_reason: evil,
    families: { name: evil, votes: [{ name: evil, votes: 1 }] },
    assertions: [
      {
        author: evil,
        author_name: evil,
        engine: { name: evil, description: evil },
        bid: '9'.repeat(70),
        mask: true,
        verdict: true,
        metadata: { malware_family: evil },
      },
    ],
  })
  for (const format of ['text', 'json', 'pretty-json', 'ndjson', 'csv']) {
    const { stdout, stderr } = await polyswarm('lookup', HASH, '--fmt', format)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(stdout + stderr).not.toMatch(/[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]/)
    if (format !== 'csv') expect(stdout).not.toContain('\r')
    if (format === 'json') expect(JSON.parse(stdout)[0].filename).toBe(evil)
  }
  service.misbehave = (_request, response) => {
    service.refuse(response, 404, evil)
    return true
  }
  const { stderr } = await polyswarm('lookup', '7')
  expect(stderr).toBe(
    `polyswarm: There is nothing for GET /consumer/submission/default/7: \\u202egpj.exe\\u001b[2J\\u000a\\u000d\\u2028\n`,
  )
})

it.each([
  ['to what is no web server', () => 'file:///etc/passwd'],
  ['nowhere', () => 'x'],
])('nothing is uploaded %s', async (_name, address) => {
  const path = join(directory, 'x')
  writeFileSync(path, 'content')
  service.misbehave = ({ method }, response) => {
    if (method !== 'POST') return false
    service.answer(response, { result: { ...service.remember({}), upload_url: address() } })
    return true
  }
  const { status, stderr } = await polyswarm('scan', path)
  expect(stderr).toContain('its upload_url is no address that can be used')
  expect(status).toBe(2)
})

it('the key goes to the API, and never to where bytes are uploaded', async () => {
  const path = join(directory, 'x')
  writeFileSync(path, 'content')
  const keyFile = join(directory, 'key')
  writeFileSync(keyFile, 'secret\n')
  await polyswarm('--api-key-file', keyFile, 'scan', '-n', path)
  const seen = service.requests.map((request, index) => `${request} ${service.keys[index]}`)
  expect(seen.filter((each) => each.includes('upload'))).toEqual(['PUT /v3/upload/7001 undefined'])
  expect(seen.filter((each) => each.endsWith(' secret')).length).toBe(3)
})
