import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { runBackends } from '../../analysis/backend-runner.ts'
import { zipOf } from '../../archives/archive.fixture.ts'
import { eicarTestFile } from '../../artifacts/eicar.ts'
import { ClamdError, InvalidOptionError } from '../../errors.ts'
import { conformanceCases } from '../../testing/conformance.ts'
import { ClamavBackend } from './clamav-backend.ts'
import { harmless, hasClamd, installedVersion, request, skipNote, startClamd, type TestClamd } from './clamd.fixture.ts'
import { parseClamdAddress } from './clamd-address.ts'
import { ClamdClient } from './clamd-client.ts'

describe.skipIf(!hasClamd)(`the clamav backend with the real clamd${skipNote}`, () => {
  let clamd: TestClamd

  beforeAll(async () => {
    clamd = await startClamd(['StreamMaxLength 2M', 'MaxFileSize 1M', 'MaxScanSize 1M'])
  })

  afterAll(() => clamd?.stop())

  it.each(['a Unix socket', 'TCP'])('finds EICAR over %s, and nothing in a letter', async (transport) => {
    const address = transport === 'TCP' ? { host: '127.0.0.1', port: clamd.port } : { path: clamd.socket }
    const backend = new ClamavBackend({ address })
    await backend.setup()
    expect(await backend.analyze(request(eicarTestFile()))).toMatchObject({
      outcome: 'malicious',
      family: 'Eicar-Test-Signature',
    })
    expect(await backend.analyze(request(harmless))).toMatchObject({ outcome: 'benign' })
    const deep = new Uint8Array(Buffer.concat([Buffer.alloc(700_000), eicarTestFile()]))
    expect(await backend.analyze(request(deep))).toMatchObject({ outcome: 'malicious' })
    expect(backend.versions.vendor).toBe(installedVersion().split('/')[0])
  })

  it('does not call benign what clamd did not look at whole', async () => {
    const backend = new ClamavBackend({ address: { path: clamd.socket } })
    const overScanLimit = await backend.analyze(request(new Uint8Array(1_500_000)))
    expect(overScanLimit).toMatchObject({ outcome: 'unknown', reason: expect.stringContaining('Heuristics.Limits') })
    await expect(backend.analyze(request(new Uint8Array(3_000_000)))).rejects.toThrow(/size limit exceeded/)
  })

  it('does not send what is larger than it is told clamd takes', async () => {
    const backend = new ClamavBackend({ address: { path: '/nowhere' }, maxBytes: 10 })
    expect(await backend.analyze(request(new Uint8Array(11)))).toMatchObject({ outcome: 'unknown' })
  })

  describe('keeps the rules of backends:', () => {
    const make = () => new ClamavBackend({ address: { path: clamd.socket }, maxBytes: 2 * 1024 * 1024 })
    it.each(conformanceCases({ make, knowsEicar: true }))('$title', ({ run }) => run())
  })
})

describe.skipIf(!hasClamd)(`the clamav backend with a clamd that keeps things to itself${skipNote}`, () => {
  const bad = Buffer.concat([eicarTestFile(), Buffer.alloc(4_000, ' ')])
  const secret = zipOf({ secret: Buffer.alloc(100, 7) }, { flags: 1 })
  let deep = zipOf({ bad })
  for (let level = 0; level < 3; level++) deep = zipOf({ deep })

  it.each([
    [['AlertExceedsMax yes', 'AlertEncrypted yes'], undefined],
    [['AlertExceedsMax yes'], /what is encrypted.*"AlertEncrypted yes"/],
    [['AlertEncrypted yes'], /its limits.*"AlertExceedsMax yes"/],
    [[], /its limits and what is encrypted.*"AlertExceedsMax yes" and "AlertEncrypted yes"/],
  ])('set to %j says nothing benign of what it did not look at, and what to change', async (alerts, advice) => {
    const clamd = await startClamd(['MaxRecursion 2'], alerts)
    try {
      const warnings: string[] = []
      const backend = new ClamavBackend({ address: { path: clamd.socket }, warn: (message) => warnings.push(message) })
      await backend.setup()
      expect(warnings).toEqual(advice ? [expect.stringMatching(advice)] : [])
      const judge = async (content: Uint8Array) => (await runBackends([backend], request(content), 20_000))[0]?.finding
      expect(await judge(secret)).toMatchObject({ outcome: 'unknown', unseen: 'encrypted' })
      expect((await judge(deep))?.outcome).toMatch(/malicious|unknown/)
      expect(await judge(zipOf({ bad }))).toMatchObject({ outcome: 'malicious' })
      expect(await judge(zipOf({ letter: harmless }))).toMatchObject({ outcome: 'benign' })
      const large = await judge(new Uint8Array(26 * 1024 * 1024))
      expect(large).toMatchObject(
        alerts.length === 2 || alerts[0] === 'AlertExceedsMax yes' ? { outcome: 'benign' } : { unseen: 'limit' },
      )
    } finally {
      await clamd.stop()
    }
  })
})

describe('the clamav backend with a clamd that misbehaves', () => {
  let server: Server
  const open = new Set<Socket>()

  async function serve(answer: (socket: Socket, asked: string) => void): Promise<ClamavBackend> {
    server = createServer((socket) => {
      open.add(socket)
      socket.on('error', () => undefined)
      socket.once('data', (data) => answer(socket, data.toString('latin1').split('\0')[0] ?? ''))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    return new ClamavBackend({ address: { host: '127.0.0.1', port } })
  }

  afterEach(() => {
    for (const socket of open) socket.destroy()
    open.clear()
    server.close()
  })

  it.each([
    ['an error', 'stream: Can not allocate memory ERROR\0'],
    ['an error with a limit', 'INSTREAM size limit exceeded. ERROR\0'],
    ['nothing', ''],
    ['half an answer', 'stream: O'],
    ['an answer to something else', 'PONG\0'],
    ['OK of another stream', 'other: OK\0'],
    ['OK and more', 'stream: OK not\0'],
    ['no text', '\u0001\u0002\0'],
    ['an answer without end', 'x'.repeat(10_000)],
  ])('takes %s for an error, never for benign', async (_name, said) => {
    const backend = await serve((socket) => socket.end(said))
    await expect(backend.analyze(request(harmless))).rejects.toThrow(ClamdError)
    const [answer] = await runBackends([backend], request(harmless), 5_000)
    expect(answer?.finding.outcome).toBe('abstain')
  })

  it.each([
    ['Heuristics.Limits.Exceeded.MaxFileSize', 'unknown'],
    ['Heuristics.Limits.Exceeded', 'unknown'],
    ['Heuristics.Encrypted.Zip', 'unknown'],
    ['Heuristics.Encrypted.PDF', 'unknown'],
    ['Heuristics.XZ.DicSizeLimit', 'unknown'],
    ['Encrypted.RAR', 'unknown'],
    ['Oversized.Zip', 'unknown'],
    ['Zip.ExceededFilesLimit', 'unknown'],
    ['(null)', 'unknown'],
    ['Encrypted.Zip.UNOFFICIAL', 'unknown'],
    ['Win.Ransomware.Encrypted-1', 'malicious'],
    ['PUA.Win.Packer', 'suspicious'],
    ['Heuristics.Phishing.Email', 'malicious'],
    ['Win.Trojan.Agent-1.UNOFFICIAL', 'malicious'],
  ])('reads the alert %s as %s', async (alert, outcome) => {
    const backend = await serve((socket) => socket.end(`stream: ${alert} FOUND\0`))
    const finding = await backend.analyze(request(harmless))
    expect(finding.outcome).toBe(outcome)
    expect(finding.unseen !== undefined).toBe(outcome === 'unknown')
  })

  it('lets go of one that hangs when its time is over', async () => {
    const backend = await serve(() => undefined)
    const signal = AbortSignal.timeout(50)
    await expect(backend.analyze(request(harmless, signal))).rejects.toThrow(/timeout|time/i)
  })

  it('says which clamd does not answer', async () => {
    await serve(() => undefined)
    const client = new ClamdClient({ address: { path: '/nowhere/clamd.sock' } })
    await expect(client.ping()).rejects.toThrow('clamd at /nowhere/clamd.sock gave no verdict')
  })
})

describe('parseClamdAddress', () => {
  it.each([
    ['localhost', { host: 'localhost', port: 3310 }],
    ['[::1]:3311', { host: '::1', port: 3311 }],
    ['/run/clamav/clamd.ctl', { path: '/run/clamav/clamd.ctl' }],
    ['unix:/run/clamd', { path: '/run/clamd' }],
    ['unix:///run/clamd', { path: '/run/clamd' }],
  ])('reads %s', (text, address) => {
    expect(parseClamdAddress(text)).toEqual(address)
  })

  it.each(['', 'host:', 'host:0', 'host:99999', 'http://host', 'a b'])('refuses "%s"', (text) => {
    expect(() => parseClamdAddress(text)).toThrow(InvalidOptionError)
  })
})
