import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { eicarTestFile } from '../../artifacts/eicar.ts'
import { InvalidOptionError } from '../../errors.ts'
import { conformanceCases } from '../../testing/conformance.ts'
import { ClamavBackend } from './clamav-backend.ts'
import { harmless, hasClamd, request, skipNote, startClamd, type TestClamd } from './clamd.fixture.ts'

const isRoot = process.getuid?.() === 0
const canMount = isRoot && spawnSync('/usr/bin/unshare', ['--mount', 'true']).status === 0
/** More than goes through the streams of the clamd below: it has a verdict only as a file. */
const long = (end: Uint8Array) => new Uint8Array(Buffer.concat([Buffer.alloc(100_000, 'x'), end]))

let directory: string
let warnings: string[]
let backends: ClamavBackend[]

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shared-'))
  await chmod(directory, 0o711)
  warnings = []
  backends = []
})

afterEach(async () => {
  await Promise.all(backends.map((backend) => backend.teardown()))
  await rm(directory, { recursive: true })
})

function backendFor(path: string, shared = directory): ClamavBackend {
  const warn = (message: string) => void warnings.push(message)
  const backend = new ClamavBackend({ address: { path }, directory: shared, warn })
  backends.push(backend)
  return backend
}

/** Artifacts that lie in the directory, of all engines. */
function artifacts(): string[] {
  return readdirSync(directory, { recursive: true })
    .map(String)
    .filter((name) => /^[0-9a-f-]{36}$/.test(name.split('/')[1] ?? ''))
}

describe.skipIf(!hasClamd)(`the clamav backend with a directory that it shares with the real clamd${skipNote}`, () => {
  let clamd: TestClamd

  beforeAll(async () => {
    clamd = await startClamd(['StreamMaxLength 10K', 'MaxFileSize 1M', 'MaxScanSize 1M'])
  })

  afterAll(() => clamd?.stop())

  it.each(['a Unix socket', 'TCP'])('has files scanned over %s, and leaves none', async (transport) => {
    const address = transport === 'TCP' ? { host: '127.0.0.1', port: clamd.port } : { path: clamd.socket }
    const backend = new ClamavBackend({ address, directory })
    backends.push(backend)
    await backend.setup()
    expect(await backend.analyze(request(long(eicarTestFile())))).toMatchObject({ outcome: 'malicious' })
    expect(await backend.analyze(request(long(harmless)))).toMatchObject({ outcome: 'benign' })
    expect(artifacts()).toEqual([])
    await backend.teardown()
    expect(await readdir(directory)).toEqual([])
  })

  it('has files scanned in a directory that is reached by a link, whatever the umask', async () => {
    const link = join(directory, 'link')
    await mkdir(join(directory, 'real'), { mode: 0o711 })
    await symlink(join(directory, 'real'), link)
    const file = fileURLToPath(new URL('../../../dist/index.js', import.meta.url))
    const script = `
      process.umask(0o077)
      const { ClamavBackend } = await import(${JSON.stringify(file)})
      const warn = console.log
      const backend = new ClamavBackend({ address: { path: ${JSON.stringify(clamd.socket)} }, directory: ${JSON.stringify(link)}, warn })
      await backend.setup()
      const content = new Uint8Array(100_000)
      const signal = AbortSignal.timeout(20_000)
      console.log((await backend.analyze({ content, artifactType: 'file', metadata: {}, signal })).outcome)
      await backend.teardown()
    `
    const said = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' })
    expect(said).toBe('benign\n')
  })

  it('does not call benign what clamd did not look at whole', async () => {
    const backend = backendFor(clamd.socket)
    await backend.setup()
    expect(await backend.analyze(request(new Uint8Array(1_500_000)))).toMatchObject({ outcome: 'unknown' })
    expect(artifacts()).toEqual([])
  })

  it('leaves no file of a scan that is given up', async () => {
    const backend = backendFor(clamd.socket)
    await backend.setup()
    const stop = new AbortController()
    const scans = Array.from({ length: 8 }, () => backend.analyze(request(long(harmless), stop.signal)))
    stop.abort(new Error('too late'))
    const results = await Promise.allSettled(scans)
    expect(results.map(({ status }) => status)).toEqual(Array(8).fill('rejected'))
    expect(artifacts()).toEqual([])
    expect(await backend.analyze(request(long(eicarTestFile())))).toMatchObject({ outcome: 'malicious' })
  })

  it('removes what an engine left that was killed, and nothing else', async () => {
    const other = backendFor(clamd.socket)
    await other.setup()
    await mkdir(join(directory, 'polyswarm-of-somebody'))
    await writeFile(join(directory, 'polyswarm-notes'), 'mine')
    const [living = ''] = readdirSync(directory).filter((name) => /^polyswarm-\w{6}$/.test(name))
    const file = fileURLToPath(new URL('../../../dist/index.js', import.meta.url))
    const script = `
      import { ClamavBackend } from ${JSON.stringify(file)}
      import { readdirSync, writeFileSync } from 'node:fs'
      const directory = ${JSON.stringify(directory)}
      await new ClamavBackend({ address: { path: ${JSON.stringify(clamd.socket)} }, directory }).setup()
      const own = readdirSync(directory).find((name) => /^polyswarm-\\w{6}$/.test(name) && name !== ${JSON.stringify(living)})
      writeFileSync(directory + '/' + own + '/' + '0'.repeat(36), 'an artifact')
      console.log(own)
      setInterval(() => undefined, 1_000)
    `
    const engine = spawn(process.execPath, ['--input-type=module', '--eval', script])
    engine.stderr.pipe(process.stderr)
    const [own] = await once(engine.stdout, 'data')
    await backendFor(clamd.socket).setup()
    expect(readdirSync(directory)).toContain(String(own).trim())
    engine.kill('SIGKILL')
    await once(engine, 'exit')
    await backendFor(clamd.socket).setup()
    const names = readdirSync(directory)
    expect(names).not.toContain(String(own).trim())
    expect(names).toEqual(expect.arrayContaining([living, 'polyswarm-of-somebody', 'polyswarm-notes']))
    expect(await other.analyze(request(long(eicarTestFile())))).toMatchObject({ outcome: 'malicious' })
  })

  it.skipIf(!isRoot)('sends artifacts to a clamd that may not enter the directory, and says so once', async () => {
    await chmod(directory, 0o700)
    const backend = backendFor(clamd.socket)
    await backend.setup()
    expect(await backend.analyze(request(eicarTestFile()))).toMatchObject({ outcome: 'malicious' })
    expect(await backend.analyze(request(harmless))).toMatchObject({ outcome: 'benign' })
    await expect(backend.analyze(request(long(harmless)))).rejects.toThrow(/size limit exceeded/)
    expect(warnings).toEqual([expect.stringMatching(/Permission denied.*let the user that clamd runs as enter/)])
    await chmod(directory, 0o711)
    await backend.setup()
    expect(await backend.analyze(request(long(harmless)))).toMatchObject({ outcome: 'benign' })
  })

  it('sends artifacts where its own part of the directory was taken away', async () => {
    const backend = backendFor(clamd.socket)
    await backend.setup()
    for (const name of readdirSync(directory)) await rm(join(directory, name), { recursive: true })
    expect(await backend.analyze(request(eicarTestFile()))).toMatchObject({ outcome: 'malicious' })
    expect(await backend.analyze(request(harmless))).toMatchObject({ outcome: 'benign' })
    expect(warnings).toEqual([expect.stringMatching(/cannot be written/)])
  })

  it.skipIf(!canMount)(
    'sends an artifact that a full file system does not take, and leaves no part of it',
    async () => {
      execFileSync('/usr/bin/mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=711', 'tmpfs', directory])
      try {
        const backend = backendFor(clamd.socket)
        await backend.setup()
        await expect(backend.analyze(request(long(harmless)))).rejects.toThrow(/size limit exceeded/)
        expect(artifacts()).toEqual([])
        const middling = new Uint8Array(Buffer.concat([Buffer.alloc(30_000), eicarTestFile()]))
        expect(await backend.analyze(request(middling))).toMatchObject({ outcome: 'malicious' })
      } finally {
        await Promise.all(backends.map((backend) => backend.teardown()))
        execFileSync('/usr/bin/umount', [directory])
      }
    },
  )

  it('does not believe a clamd that leaves the directory out', async () => {
    const excluding = await startClamd([`ExcludePath ^${directory}`])
    try {
      const backend = backendFor(excluding.socket)
      await backend.setup()
      expect(await backend.analyze(request(eicarTestFile()))).toMatchObject({ outcome: 'malicious' })
      expect(warnings).toEqual([expect.stringContaining(': Excluded')])
    } finally {
      await excluding.stop()
    }
  })

  describe('keeps the rules of backends:', () => {
    const shared = mkdtempSync(join(tmpdir(), 'shared-rules-'))
    beforeAll(() => chmod(shared, 0o711))
    afterAll(() => rm(shared, { recursive: true }))
    const make = () => new ClamavBackend({ address: { path: clamd.socket }, directory: shared })
    it.each(conformanceCases({ make, knowsEicar: true }))('$title', ({ run }) => run())
  })
})

describe('a directory that is not to be shared', () => {
  it.each([
    { host: 'scanner', port: 3310 },
    { host: '10.0.0.1', port: 3310 },
  ])('with a clamd at $host is refused', (address) => {
    expect(() => new ClamavBackend({ address, directory })).toThrow(InvalidOptionError)
  })

  it.skipIf(!hasClamd)('is refused by name where it is missing, or open to everybody', async () => {
    const clamd = await startClamd()
    try {
      await expect(backendFor(clamd.socket, join(directory, 'missing')).setup()).rejects.toThrow(
        /--clamd-directory: ".*missing" cannot be used: ENOENT/,
      )
      await chmod(directory, 0o777)
      await expect(backendFor(clamd.socket).setup()).rejects.toThrow(/set its sticky bit/)
      await chmod(directory, 0o1777)
      await backendFor(clamd.socket).setup()
    } finally {
      await clamd.stop()
    }
  })
})
