import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConsumerService } from '../consumer-service.fixture.ts'
import { type RunOptions, runCommand } from '../run-command.fixture.ts'

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

const file = (name: string, content: string): string => {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}
const polyswarm = (words: readonly string[], options?: RunOptions) => runCommand(['-u', service.url, ...words], options)
const scan = (words: readonly string[], options?: RunOptions) =>
  polyswarm(['scan', '--poll-interval', '0.02', ...words], options)
const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex')

describe('a scan', () => {
  it('goes from a file to a report', async () => {
    const { status, stdout, stderr } = await scan([file('invoice.exe', 'a virus')])
    expect(stderr).toBe('')
    expect(stdout).toContain('PolyScore  0.97 malicious (0.88 to 0.99 with 95 % certainty)')
    expect(stdout).toMatch(/eicar +malicious +1 +EICAR-Test-File/)
    expect(stdout).toMatch(/late +- +not revealed/)
    expect(stdout).toContain(sha256('a virus'))
    expect(status).toBe(0)
  })

  it('takes URLs, directories and standard input, and says what it passes over', async () => {
    mkdirSync(join(directory, 'd/e'), { recursive: true })
    file('d/one', 'one')
    file('d/e/two', 'two')
    symlinkSync('/etc/passwd', join(directory, 'd/link'))
    const { status, stdout, stderr } = await scan(
      ['--fmt', 'ndjson', join(directory, 'd'), 'http://bad.example/virus', '-'],
      { stdin: 'three' },
    )
    const found = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(found.map(({ filename, conclusion }) => `${filename} ${conclusion}`).sort()).toEqual([
      'http://bad.example/virus malicious',
      'one benign',
      'stdin benign',
      'two benign',
    ])
    expect(stderr).toBe('polyswarm: Links and special files in directories that were passed over: 1.\n')
    expect(status).toBe(0)
  })

  it('has a status of its own for malicious, also where others failed', async () => {
    const paths = [file('bad', 'virus'), file('good', 'fine'), join(directory, 'gone')]
    expect((await scan(['--exit-status', ...paths])).status).toBe(4)
    expect((await scan(paths)).status).toBe(3)
    expect((await scan(['--exit-status', file('fine', 'also fine')])).status).toBe(0)
  })

  it('uploads nothing that was judged lately, and says so', async () => {
    const path = file('known', 'a virus')
    await scan([path])
    const before = service.requests.length
    const { stdout, status } = await scan([path])
    expect(service.requests.slice(before)).toEqual(['GET /v3/search/hash/sha256'])
    expect(stdout).toMatch(/- From the record, \d+ seconds old: nobody was asked\. scan --fresh asks/)
    expect(status).toBe(0)
  })

  it('asks anew where it is told to, or where the answer is old, failed, or no answer yet', async () => {
    const path = file('known', 'a virus')
    const uploads = () => service.requests.filter((request) => request.startsWith('PUT /v3/upload')).length
    const old = new Date(Date.now() - 25 * 3_600_000).toISOString()
    service.remember({ sha256: sha256('a virus'), created: old })
    await scan([path])
    expect(uploads()).toBe(1)
    await scan(['--fresh', path])
    expect(uploads()).toBe(2)
    service.remember({ sha256: sha256('a virus'), failed: true })
    await scan([path])
    expect(uploads()).toBe(3)
    service.remember({ sha256: sha256('a virus'), window_closed: false, state: 'posted' })
    await scan([path])
    expect(uploads()).toBe(4)
    service.remember({ sha256: sha256('a virus'), created: old })
    await scan(['--max-age', '2d', path])
    expect(uploads()).toBe(4)
  })

  it('submits the same bytes once, however many files have them', async () => {
    for (let i = 0; i < 20; i++) file(`copy-${i}`, 'the same')
    const { stdout, status } = await scan(['--fresh', '--fmt', 'sha256', directory])
    expect(stdout).toBe(`${sha256('the same')}\n`.repeat(20))
    expect(service.requests.filter((request) => request === 'POST /v3/instance').length).toBeLessThanOrEqual(3)
    expect(status).toBe(0)
  })

  it('submits more files than a bounty holds', async () => {
    for (let i = 0; i < 257; i++) file(`file-${i}`, `content ${i}`)
    const { stdout, status } = await scan(['-n', '--fmt', 'sha1', directory])
    expect(new Set(stdout.trim().split('\n')).size).toBe(257)
    expect(status).toBe(0)
  })

  it('writes to a file that is there whole, and leaves nothing else', async () => {
    const path = file('x', 'virus')
    const result = join(directory, 'result.csv')
    const { stdout } = await scan(['--fmt', 'csv', '-o', result, path])
    expect(stdout).toBe('')
    expect(readFileSync(result, 'utf8')).toMatch(/^target,conclusion,.*\r\n.*x,malicious,score,0\.97,1,1,,/)
    expect(readdirSync(directory).sort()).toEqual(['result.csv', 'x'])
  })

  it('with --nowait prints what was submitted, and waits for it later', async () => {
    const { stdout } = await scan(['-n', '--fmt', 'ndjson', file('x', 'virus')])
    const { id, state } = JSON.parse(stdout)
    expect(state).toBe('queued')
    const waited = await polyswarm(['wait', id, '--poll-interval', '0.02', '--exit-status'])
    expect(waited.stdout).toContain('0.97 malicious')
    expect(waited.status).toBe(4)
  })
})

describe('while it waits', () => {
  it('a terminal shows phase and who has answered in one line, and the line goes away', async () => {
    let time = Date.now()
    const { stderr } = await scan([file('x', 'virus')], { columns: 80, now: () => (time += 200) })
    expect(stderr).toContain(': engines are answering, 4 blocks left · answered: eicar, late · ')
    expect(stderr.endsWith('\r\x1b[K')).toBe(true)
    for (const line of stderr.split('\r\x1b[K')) expect(line.length).toBeLessThan(80)
  })

  it('a report is as wide as the terminal', async () => {
    for (const columns of [60, 120]) {
      const { stdout } = await scan([file(`x${columns}`, `virus ${columns}`)], { columns })
      const widest = Math.max(...stdout.split('\n').map((line) => line.length))
      expect([columns, widest <= columns]).toEqual([columns, true])
    }
  })

  it('what is stopped goes on, and can be found', async () => {
    service.looksToJudge = Number.POSITIVE_INFINITY
    const stop = new AbortController()
    service.misbehave = ({ url }) => {
      if (url?.includes('/consumer/submission/')) stop.abort(new Error('stopped'))
      return false
    }
    const { status, stderr } = await scan([file('x', 'virus')], { signal: stop.signal })
    expect(stderr).toBe('polyswarm: Not waited for to the end; this shows the answer: polyswarm wait 7001\n')
    expect(status).toBe(130)
  })

  it('what is stopped before its start leaves nothing to find, and nothing half written', async () => {
    const stop = new AbortController()
    service.misbehave = ({ method }) => {
      if (method === 'POST') stop.abort(new Error('stopped'))
      return false
    }
    const path = file('x', 'virus')
    const { status, stderr } = await scan(['-o', join(directory, 'out'), path], { signal: stop.signal })
    expect(stderr).toBe('')
    expect(status).toBe(130)
    expect(readdirSync(directory).filter((name) => name.includes('partial'))).toEqual([])
  })

  it('what is not answered in time is shown as it is', async () => {
    service.looksToJudge = Number.POSITIVE_INFINITY
    const path = file('x', 'virus')
    const { status, stdout, stderr } = await scan(['-t', '0.3', path])
    expect(stdout).toContain('- Answers may still come.')
    expect(stderr).toBe(`polyswarm: ${path} was not answered within 0.3 s: polyswarm wait 7001 waits on.\n`)
    expect(status).toBe(3)
  })

  it('a service that goes away and comes back is asked again', async () => {
    let looks = 0
    service.misbehave = ({ url }, response) => {
      if (!url?.includes('/consumer/submission/') || ++looks !== 1) return false
      response.destroy()
      return true
    }
    expect(await scan([file('x', 'virus')])).toMatchObject({ status: 0, stderr: '' })
  })
})

describe('what cannot be scanned is told in one sentence', () => {
  it.each([
    ['missing', () => join(directory, 'gone'), 'there is no such file or directory'],
    ['empty', () => file('empty', ''), 'it is empty'],
    ['too large', () => file('large', 'x'.repeat(2_000)), 'it is larger than 1000 bytes'],
    ['no http URL', () => 'ftp://a.example/', 'the market judges http and https URLs'],
  ])('%s', async (_name, target, reason) => {
    const words = [target()]
    const kind = words[0]?.startsWith('ftp') ? ['url', ...words, ...words] : words
    const { status, stdout, stderr } = await scan(['--max-artifact-size', '1000', ...kind])
    expect(stdout).toBe('')
    expect(stderr.split('\n')[0]).toBe(`polyswarm: Cannot scan ${words[0]}: ${reason}.`)
    expect(status).toBe(2)
    expect(service.requests).toEqual([])
  })

  it('a submission that fails', async () => {
    service.failing = 'the service has no more NCT for this'
    const path = file('x', 'y')
    const { status, stderr } = await scan([path])
    expect(stderr).toBe(
      `polyswarm: Submission 7001 of ${path} failed (the service has no more NCT for this): polyswarm rescan 7001 asks again.\n`,
    )
    expect(status).toBe(1)
  })

  it.each([
    [401, 'no such key', 2, /refused the API key \(no such key\): give another/],
    [402, 'budget spent', 2, /does not pay for this \(budget spent\)/],
    [413, 'too large', 2, /refused POST \/instance with status 413: too large/],
  ])('a refusal with status %i', async (status, reason, exit, expected) => {
    service.misbehave = ({ method }, response) => {
      if (method !== 'POST') return false
      service.refuse(response, status, reason)
      return true
    }
    const ran = await scan([file('x', 'y')])
    expect(ran.stderr).toMatch(expected)
    expect(ran.stderr.split('\n').length).toBe(2)
    expect(ran.status).toBe(exit)
  })

  it('a limit that is over later than anybody waits', async () => {
    service.misbehave = (_request, response) => {
      service.refuse(response, 429, 'enough', { 'retry-after': '3600' })
      return true
    }
    const { status, stderr } = await scan([file('x', 'y')])
    expect(stderr).toContain('takes no more from this key for now (enough): try again in 3600 s.')
    expect(status).toBe(2)
  })

  it('a limit that is over soon is waited for', async () => {
    let refused = 0
    service.misbehave = (_request, response) => {
      if (refused++ > 0) return false
      service.refuse(response, 429, 'enough', { 'retry-after': '0' })
      return true
    }
    expect((await scan([file('x', 'y')])).status).toBe(0)
  })

  it('wrong flags', async () => {
    for (const words of [['--bid'], ['--timeout', 'soon', 'x'], ['--fmt', 'xml', 'x'], []]) {
      expect((await scan(words)).status).toBe(2)
    }
    expect((await polyswarm(['scan', '--help'])).status).toBe(0)
    expect(existsSync('.polyswarm')).toBe(false)
  })
})
