import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eicarTestFile } from '../../artifacts/eicar.ts'
import { ClamdError } from '../../errors.ts'
import { ClamavBackend } from './clamav-backend.ts'
import { harmless, request } from './clamd.fixture.ts'

describe('the clamav backend that shares a directory with a clamd that misbehaves', () => {
  let directory: string
  let server: Server
  let backend: ClamavBackend
  let warnings: string[]
  const open = new Set<Socket>()

  /** Answers SCAN as it is told to, once the test file has been found, and INSTREAM with OK, after it was probed. */
  async function serve(
    answer: (path: string, number: number) => string | undefined,
    ofTest = 'Eicar FOUND',
  ): Promise<void> {
    const alerts = ['Heuristics.Encrypted.Zip FOUND', 'Heuristics.Limits.Exceeded.MaxRecursion FOUND']
    server = createServer((socket) => {
      open.add(socket)
      socket.on('error', () => undefined)
      let number = 0
      socket.on('data', (data) => {
        for (const command of data.toString('latin1').split('\0')) {
          if (command === 'zPING') socket.end('PONG\0')
          if (command === 'zVERSION') socket.end('ClamAV 1\0')
          if (command === 'zINSTREAM') socket.end(`stream: ${alerts.shift() ?? 'OK'}\0`)
          if (!command.startsWith('zSCAN ')) continue
          number++
          const path = command.slice('zSCAN '.length)
          // One that was given up is gone.
          if (!existsSync(path)) continue
          const isTest = readFileSync(path).equals(Buffer.from(eicarTestFile()))
          const said = isTest ? `${number}: ${path}: ${ofTest}\0` : answer(path, number)
          if (said === undefined) socket.destroy()
          else socket.write(said)
        }
      })
    })
    const path = join(directory, 'clamd')
    server.listen(path)
    await once(server, 'listening')
    backend = new ClamavBackend({ address: { path }, directory, warn: (message) => void warnings.push(message) })
    await backend.setup()
  }

  /** Files of artifacts that lie in the directory. */
  const artifacts = () =>
    readdirSync(directory, { recursive: true }).filter((name) => /[0-9a-f-]{36}$/.test(String(name)))

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'shared-'))
    warnings = []
  })

  afterEach(async () => {
    await backend.teardown()
    for (const socket of open) socket.destroy()
    open.clear()
    server.close()
    await rm(directory, { recursive: true })
  })

  it.each<[string, (path: string, number: number) => string | undefined]>([
    ['an error', (path, number) => `${number}: ${path}: Can't allocate memory ERROR\0`],
    ['OK of another file', (path, number) => `${number}: ${path}0: OK\0`],
    ['OK of a stream', (_, number) => `${number}: stream: OK\0`],
    ['OK of another command', (path, number) => `${number - 1}: ${path}: OK\0`],
    ['OK without a number', (path) => `${path}: OK\0`],
    ['OK and more', (path, number) => `${number}: ${path}: OK not\0`],
    ['half an answer', (path, number) => `${number}: ${path}: O`],
    ['an answer without end', () => 'x'.repeat(20_000)],
  ])('takes %s for an error, never for benign', async (_name, answer) => {
    await serve(answer)
    await expect(backend.analyze(request(harmless, AbortSignal.timeout(150)))).rejects.toThrow()
    expect(artifacts()).toEqual([])
  })

  it('says that clamd gave no verdict where it hangs up', async () => {
    await serve(() => undefined)
    await expect(backend.analyze(request(harmless))).rejects.toThrow(ClamdError)
  })

  it('takes a new connection where clamd has hung up on an idle one', async () => {
    await serve((path, number) => (number > 2 ? undefined : `${number}: ${path}: OK\0`))
    for (let i = 0; i < 4; i++) {
      expect(await backend.analyze(request(harmless))).toMatchObject({ outcome: 'benign' })
    }
    expect(warnings).toEqual([])
  })

  it.each([
    ['OK', 'it does not find the EICAR test file there'],
    ['File path check failure: No such file or directory. ERROR', 'No such file'],
    ["Can't allocate memory ERROR", 'allocate memory'],
  ])('gives clamd no file where it says %s of the test file', async (ofTest, reason) => {
    await serve(() => {
      throw new Error('a file was given to it')
    }, ofTest)
    expect(await backend.analyze(request(harmless))).toMatchObject({ outcome: 'benign' })
    expect(warnings).toEqual([expect.stringContaining(reason)])
  })

  it('gives up files for good where one cannot be read, and asks about that one otherwise', async () => {
    let asked = 0
    await serve((path, number) => {
      asked++
      return `${number}: ${path}: Access denied. ERROR\0${number}: ${path}: OK\0`
    })
    expect(await backend.analyze(request(harmless))).toMatchObject({ outcome: 'benign' })
    expect(await backend.analyze(request(harmless))).toMatchObject({ outcome: 'benign' })
    expect(asked).toBe(1)
    expect(warnings).toEqual([expect.stringContaining('Access denied')])
  })
})
