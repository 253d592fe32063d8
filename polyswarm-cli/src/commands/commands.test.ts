import { afterEach, beforeEach, expect, it } from 'vitest'
import { ConsumerService } from '../consumer-service.fixture.ts'
import { type RunOptions, runCommand } from '../run-command.fixture.ts'

const HASH = 'ab'.repeat(32)

let service: ConsumerService
beforeEach(async () => {
  service = await ConsumerService.start()
})
afterEach(() => service.stop())

const polyswarm = (words: readonly string[], options?: RunOptions) => runCommand(['-u', service.url, ...words], options)

it('lookup shows what is known by any hash or id, and asks nobody', async () => {
  const { id } = service.remember({ sha256: HASH, md5: 'cd'.repeat(16), polyscore: 0.99 })
  for (const subject of [HASH, HASH.toUpperCase(), 'cd'.repeat(16), id]) {
    const { status, stdout } = await polyswarm(['lookup', subject, '--exit-status', '--fmt', 'sha256'])
    expect([status, stdout]).toEqual([4, `${HASH}\n`])
  }
  expect(service.requests.every((request) => request.startsWith('GET '))).toBe(true)
})

it('lookup reads hashes from standard input, and tells what nobody knows', async () => {
  service.remember({ sha256: HASH })
  const { status, stdout, stderr } = await polyswarm(['lookup', '-', '--fmt', 'sha256'], {
    stdin: `${HASH}\n\n  ${'0'.repeat(64)}\r\n`,
  })
  expect(stdout).toBe(`${HASH}\n`)
  expect(stderr).toBe(
    `polyswarm: There is nothing for ${'0'.repeat(64)}: the market has not judged it; polyswarm scan asks.\n`,
  )
  expect(status).toBe(3)
  expect((await polyswarm(['lookup', '0'.repeat(64)])).status).toBe(1)
  const endless = await polyswarm(['lookup', '-'], { stdin: 'a'.repeat(100_000) })
  expect([endless.status, endless.stderr]).toEqual([
    2,
    'polyswarm: -: a line of standard input is too long for a hash.\n',
  ])
})

it('rescan asks anew by hash or id, and waits', async () => {
  const { id } = service.remember({ sha256: HASH })
  for (const subject of [HASH, id]) {
    const { status, stdout } = await polyswarm(['rescan', subject, '--poll-interval', '0.02', '--fmt', 'ndjson'])
    expect(JSON.parse(stdout)).toMatchObject({ conclusion: 'benign', known: false })
    expect(status).toBe(0)
  }
  expect((await polyswarm(['rescan', '99'])).status).toBe(1)
})

it('dispute contests what was said of a hash or a submission, with a reason, and both are linked', async () => {
  const { id } = service.remember({ sha256: HASH })
  const words = ['--reason', 'it is my own installer', '--poll-interval', '0.02']
  const { status, stdout } = await polyswarm(['dispute', id, ...words])
  expect(stdout).toContain(`It contests ${id}: it is my own installer`)
  expect(status).toBe(0)
  expect((await polyswarm(['lookup', id])).stdout).toContain('It is contested by 7002.')
  const again = await polyswarm(['dispute', HASH, '--nowait', '--fmt', 'ndjson', ...words])
  expect(JSON.parse(again.stdout)).toMatchObject({ disputes: { instance: expect.any(String) } })
  expect((await polyswarm(['dispute', id])).status).toBe(2)
  expect((await polyswarm(['dispute', '99', ...words])).status).toBe(1)
})

it('delete takes submissions away, and names what is not there', async () => {
  const [{ id }, { id: other }] = [service.remember({}), service.remember({})]
  const { status, stdout } = await polyswarm(['delete', id, '-'], { stdin: `${other}\n` })
  expect([status, stdout.split('\n').sort()]).toEqual([0, ['', `${id} is deleted`, `${other} is deleted`]])
  expect(service.instances).toEqual([])
  expect((await polyswarm(['delete', id])).status).toBe(1)
  expect((await polyswarm(['delete', HASH])).status).toBe(2)
})

it('search tells hashes from URLs, and lists all scans of one', async () => {
  service.remember({ sha256: HASH })
  service.remember({ sha256: HASH })
  service.remember({ type: 'URL', filename: 'http://a.example/x' })
  const count = async (...words: string[]) =>
    (await polyswarm(['search', ...words, '--fmt', 'ndjson'])).stdout.split('\n').length - 1
  expect(await count(HASH)).toBe(1)
  expect(await count('scans', HASH)).toBe(2)
  expect(await count('http://a.example/x')).toBe(1)
  expect(await count('url', 'http://a.example/x')).toBe(1)
  expect((await polyswarm(['search', 'url', 'http://a.example/x'])).stdout).toContain('hxxp://a[.]example/x')
  expect((await polyswarm(['search', 'nonsense'])).status).toBe(2)
  expect((await polyswarm(['search', 'families', 'x'])).status).toBe(2)
  expect((await polyswarm(['search', 'http://nobody.example/'])).status).toBe(1)
})

it('list shows the submissions of the account', async () => {
  expect((await polyswarm(['list'])).status).toBe(1)
  service.remember({ filename: 'first' })
  service.remember({ filename: 'second' })
  const { stdout } = await polyswarm(['list', '--fmt', 'csv'])
  expect(
    stdout
      .split('\r\n')
      .slice(1, 3)
      .map((line) => line.split(',')[0]),
  ).toEqual(['second', 'first'])
})

it('engines shows who answers and how often they were right, without a key', async () => {
  const record = { true_positives: 9, false_positives: 1, true_negatives: 4, false_negatives: 3 }
  service.engines = [
    {
      id: '1',
      engineId: '1',
      name: 'eicar',
      description: null,
      engineType: 'microengine',
      status: 'verified',
      accountNumber: '0xE1',
      artifactTypes: ['file'],
      mimeTypes: [],
      communities: ['default'],
      tags: [],
      createdAt: '2026-01-01T00:00:00Z',
      modifiedAt: '2026-01-01T00:00:00Z',
      archivedAt: null,
      record,
    },
  ]
  const { status, stdout } = await polyswarm(['engines'])
  expect(stdout).toMatch(
    /^name +kind +judges +right on malicious, on benign\neicar +microengine +file +9 of 12 +4 of 5\n$/,
  )
  expect(status).toBe(0)
})

it('account shows what is left', async () => {
  const { status, stdout } = await polyswarm(['account'])
  expect(stdout).toContain('3 of 60 an hour')
  expect(stdout).toContain('6 of 10 NCT left')
  expect(status).toBe(0)
})

it('a cell of CSV that a spreadsheet would take for a formula is made a text', async () => {
  service.remember({ sha256: HASH, filename: '=cmd|"/c calc"!A1' })
  const { stdout } = await polyswarm(['search', HASH, '--fmt', 'csv'])
  expect(stdout).toContain(`"'=cmd|""/c calc""!A1"`)
})

it('a service that is away is told in one sentence', async () => {
  const { status, stderr } = await runCommand(['-u', 'http://127.0.0.1:9/v3', 'rescan', HASH])
  expect(stderr).toBe(
    'polyswarm: The service at http://127.0.0.1:9 is not available (nothing listens there): check that it runs, or name another with --api-uri.\n',
  )
  expect(status).toBe(1)
})
