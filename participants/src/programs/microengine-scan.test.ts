import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { visibleText } from '@polyswarm/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eicarTestFile } from '../artifacts/eicar.ts'

const PROGRAM = fileURLToPath(new URL('../../dist/bin/microengine.js', import.meta.url))

let directory: string
let running: ChildProcess[]

beforeEach(async () => {
  running = []
  directory = await mkdtemp(join(tmpdir(), 'scan-'))
})

afterEach(async () => {
  for (const child of running) child.kill('SIGKILL')
  await rm(directory, { recursive: true })
})

function start(...args: string[]) {
  const child = spawn(process.execPath, [PROGRAM, 'scan', ...args], { cwd: directory })
  running.push(child)
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text) => (said[name] += text))
  return { child, over: once(child, 'close').then(([status]) => ({ status: status as number | null, ...said })) }
}

async function scan(...args: string[]) {
  const { child, over } = start(...args)
  child.stdin.end()
  return over
}

const put = (name: string, content: Uint8Array | string) => writeFile(join(directory, name), content)

it('keeps what an engine prints out of its result, and shows it as text alone', async () => {
  await put(
    'talking.mjs',
    `import { benign, defineMicroengine } from '@polyswarm/participants'
    console.log('loaded \\u202e\\u001b[2J')
    export default defineMicroengine({
      name: 'talking',
      scan: ({ content }) => {
        console.error('a\\tlong\\n%s', { content: Buffer.from(content).toString() })
        return benign({ confidence: 0.5 })
      },
    })`,
  )
  await put('harmless.txt', 'harmless')
  const { status, stdout, stderr } = await scan('--backend', './talking.mjs', '--json', 'harmless.txt')
  expect(status).toBe(0)
  expect(JSON.parse(stdout)).toBeDefined()
  expect(stderr).toContain('loaded \\u202e\\u001b[2J\n')
  expect(stderr).toContain("a\tlong\n{ content: 'harmless' }\n")
})

describe('the status', () => {
  it('is 0 where all is benign, 1 where something is malicious, and 2 where nothing is but not all is benign', async () => {
    await put('harmless.txt', 'harmless')
    await put('eicar.com', eicarTestFile())
    expect(await scan('--backend', 'eicar', 'harmless.txt')).toMatchObject({ status: 0 })
    expect(await scan('--backend', 'eicar', 'harmless.txt', 'eicar.com', 'http://example.org/')).toMatchObject({
      status: 1,
    })
    expect(await scan('--backend', 'eicar', 'harmless.txt', 'http://example.org/')).toMatchObject({ status: 2 })
    expect(await scan('--backend', 'scratch', 'harmless.txt')).toMatchObject({ status: 2 })
  })

  it.each([
    [
      'a file that is not there',
      ['--backend', 'eicar', 'harmless.txt', 'missing'],
      /Cannot scan missing: there is no such/,
    ],
    ['a directory without files', ['--backend', 'eicar', 'empty'], /Cannot scan empty: there is no file in it/],
    ['standard input twice', ['--backend', 'eicar', '-', '-'], /standard input can be read once/],
    ['a URL that is none', ['--backend', 'eicar', 'https://'], /Cannot scan https:\/\/: it is not a URL/],
    ['a backend that is not there', ['--backend', 'nothing', 'harmless.txt'], /Backend nothing cannot be used/],
    [
      'rules that are not there',
      ['--backend', 'yara', '--rules', 'missing', 'harmless.txt'],
      /rules directory missing/,
    ],
    ['a wrong flag', ['--wrong', 'harmless.txt'], /unknown option '--wrong'/],
    ['nothing to scan', ['--backend', 'eicar'], /missing required argument/],
    ['an engine that breaks its process', ['--backend', 'broken.mjs', 'harmless.txt'], /out of turn/],
  ])('is 2, and never 1, for %s', async (_, args, message) => {
    await put('harmless.txt', 'harmless')
    await mkdir(join(directory, 'empty'))
    await put(
      'broken.mjs',
      `export default { name: 'broken', versions: {}, setup: async () => {}, teardown: async () => {},
        analyze: () => new Promise(() => setImmediate(() => { throw new Error('out of turn') })) }`,
    )
    const { status, stdout, stderr } = await scan(...args)
    expect(stderr).toMatch(message)
    expect(status).toBe(2)
    expect(stdout).not.toMatch(/benign|malicious +\d/)
  })

  it('is 2 for a scan that is stopped', async () => {
    const { child, over } = start('--backend', 'eicar', '-')
    child.stderr.on('data', () => undefined)
    await once(child.stdout, 'data')
    child.kill('SIGTERM')
    child.stdin.end('harmless')
    expect((await over).status).toBe(2)
  })

  it('is 2 where nobody reads the rows any more, without a word', async () => {
    for (let i = 0; i < 300; i++) await put(`file-${i}`, 'harmless')
    const { child, over } = start('--backend', 'eicar', directory, ...Array.from({ length: 20 }, () => directory))
    await once(child.stdout, 'data')
    child.stdout.destroy()
    expect(await over).toMatchObject({ status: 2, stderr: '' })
  })
})

describe('what is scanned', () => {
  it('comes in the order of the command line, directories sorted, whatever the names', async () => {
    await mkdir(join(directory, 'd/deep/er'), { recursive: true })
    for (const name of ['d/z', 'd/deep/er/f', 'd/a', 'last', 'first']) await put(name, 'harmless')
    await writeFile(Buffer.concat([Buffer.from(`${directory}/d/m`), Buffer.from([0xe9])]), eicarTestFile())
    await symlink('/etc/passwd', join(directory, 'd/link'))
    const socket = createServer().listen(join(directory, 'd/socket'))
    await once(socket, 'listening')
    const { status, stdout, stderr } = await scan('--backend', 'eicar', '--json', 'first', 'd/', 'last')
    const rows = JSON.parse(stdout) as { name: string; outcome: string }[]
    expect(rows.map(({ name }) => name)).toEqual(['first', 'd/a', 'd/deep/er/f', 'd/m\ufffd', 'd/z', 'last'])
    expect(rows[3]?.outcome).toBe('malicious')
    expect(status).toBe(1)
    expect(stderr).toBe('note: 2 links and special files in directories are passed over\n')
    socket.close()
  })

  it('is also what comes on standard input, and a URL where the engine judges URLs', async () => {
    const piped = start('--backend', 'eicar', '--json', '-')
    piped.child.stdin.end(eicarTestFile())
    const { stdout, status } = await piped.over
    expect(JSON.parse(stdout)).toMatchObject([{ name: '-', outcome: 'malicious', family: 'EICAR-Test-File' }])
    expect(status).toBe(1)
    await put(
      'urls.mjs',
      `export default { name: 'urls', versions: {}, setup: async () => {}, teardown: async () => {},
        analyze: async ({ content, metadata, artifactType }) => ({ outcome: 'malicious', confidence: 0.9,
          family: artifactType + ' ' + Buffer.from(content) + ' ' + metadata.uri + ' ' + metadata.protocol }) }`,
    )
    const url = 'https://example.org/a?b'
    const judged = await scan('--backend', 'urls.mjs', '--artifact-type', 'url', '--json', url)
    expect(JSON.parse(judged.stdout)).toMatchObject([{ name: url, type: 'url', family: `url ${url} ${url} https` }])
  })

  it('is unknown where it is too large or cannot be read, with the reason', async () => {
    await put('large', 'x'.repeat(1_001))
    await put('fits', 'x'.repeat(1_000))
    const args = ['--backend', 'eicar', '--max-artifact-size', '1000', '--json']
    const { stdout, status } = await scan(...args, 'large', '/dev/zero', '/proc/self/mem', 'fits')
    expect(JSON.parse(stdout)).toMatchObject([
      { outcome: 'unknown', reason: expect.stringMatching(/larger than 1000 bytes/) },
      { outcome: 'unknown', reason: expect.stringMatching(/larger than 1000 bytes/) },
      { outcome: 'unknown', reason: expect.stringMatching(/EIO/) },
      { outcome: 'benign', reason: '' },
    ])
    expect(status).toBe(2)
  })

  it('shows the members of archives below them, each judged alone', async () => {
    await put('a.gz', gzipSync(eicarTestFile()))
    const { stdout } = await scan('--backend', 'yara', '--members', '--json', 'a.gz')
    expect(JSON.parse(stdout)).toMatchObject([
      { name: 'a.gz', outcome: 'malicious', members: [{ outcome: 'malicious', family: 'EICAR-Test-File' }] },
    ])
    const lines = (await scan('--backend', 'eicar', '--members', 'a.gz')).stdout.split('\n')
    expect(lines.slice(1)).toEqual([
      expect.stringMatching(/^a\.gz +malicious/),
      expect.stringMatching(/^ {2}\S+ +malicious/),
      '1 artifact: 1 malicious',
      '',
    ])
  })
})

it('loads an engine that lies outside of every project, and lets it import this package', async () => {
  await put('harmless.txt', 'harmless')
  await put(
    'lonely.mjs',
    `import { benign, defineMicroengine } from '@polyswarm/participants'
     export default defineMicroengine({ name: 'lonely', artifacts: ['file'], scan: () => benign() })`,
  )
  expect(await scan('--backend', 'lonely.mjs', 'harmless.txt')).toMatchObject({ status: 0, stderr: '' })
})

it('says the same as the engine: distillation, its interval, and what each backend said', async () => {
  await put('eicar.com', eicarTestFile())
  const backends = ['--backend', 'eicar', '--backend', 'contrarian']
  const unanimous = await scan(...backends, '--distillation', 'unanimous', '--json', 'eicar.com')
  expect(JSON.parse(unanimous.stdout)).toMatchObject([{ outcome: 'unknown', reason: 'the backends disagree' }])
  expect(unanimous.status).toBe(2)
  const any = JSON.parse((await scan(...backends, '--json', 'eicar.com')).stdout)
  expect(any).toMatchObject([
    { outcome: 'malicious', confidence: 1, probability: 1, interval: [expect.any(Number), 1] },
  ])
  expect(any[0].opinions.map(({ backend }: { backend: string }) => backend)).toEqual(['eicar', 'contrarian'])
})

it('prints nothing that moves a cursor or turns text round, and JSON that means the same', async () => {
  const name = 'a\x1b[2J\u202egnp.exe'
  await put(name, 'harmless')
  const text = await scan('--backend', 'eicar', name)
  expect(text.stdout).toContain('a\\u001b[2J\\u202egnp.exe')
  const { stdout } = await scan('--backend', 'eicar', '--json', name)
  expect(visibleText(stdout)).toBe(stdout.replaceAll('\n', '\\u000a'))
  expect(JSON.parse(stdout)[0].name).toBe(name)
})

describe('an error of a class of this project that an engine throws', () => {
  const engine = (imports: string, methods: string) => `${imports}
    export default class extends Microengine {
      constructor(options) { super({ name: 'failing', ...options }) }
      async scan() { return abstain('it is not asked') }
      ${methods}
    }`

  it('is known where it comes from the SDK', async () => {
    const imports = "import { abstain, BackendError, Microengine } from '@polyswarm/participants'"
    const setup = "async setup() { throw new BackendError({ backend: 'model', reason: 'it is not loaded' }) }"
    await put('failing.mjs', engine(imports, setup))
    await put('harmless.txt', 'harmless')
    const { status, stderr } = await scan('--backend', './failing.mjs', 'harmless.txt')
    expect(stderr).toContain('model')
    expect(stderr).not.toMatch(/failing.*model|^ +at /m)
    expect(status).toBe(2)
  })

  it('is known where its root is imported from protocol', async () => {
    const imports = `import { abstain, Microengine } from '@polyswarm/participants'
      import { PolySwarmError } from '@polyswarm/protocol'
      class StillOpenError extends PolySwarmError { code = 'STILL_OPEN' }`
    await put('failing.mjs', engine(imports, "async teardown() { throw new StillOpenError('it is still open') }"))
    await put('harmless.txt', 'harmless')
    const { stderr } = await scan('--backend', './failing.mjs', 'harmless.txt')
    expect(stderr).toContain('it is still open')
    expect(stderr).not.toMatch(/^ +at /m)
  })
})
