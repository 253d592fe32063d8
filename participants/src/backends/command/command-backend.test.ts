import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { eicarTestFile } from '../../artifacts/eicar.ts'
import { AnalysisError, InvalidOptionError } from '../../errors.ts'
import { conformanceCases } from '../../testing/conformance.ts'
import { parseAnswerRule } from './command-answer.ts'
import { CommandBackend, type CommandBackendOptions } from './command-backend.ts'
import { parseCommandLine } from './command-line.ts'
import { confinementOf } from './confinement.ts'

const EICAR = Buffer.from('EICAR-STANDARD-ANTIVIRUS').toString('hex')

/** A scanner in another language: exit status 1 for what holds EICAR. */
const SCANNER = `
const { readFileSync } = require('node:fs')
const content = readFileSync(process.argv[2] ?? 0)
if (content.includes(Buffer.from('${EICAR}', 'hex'))) { console.log('Eicar'); process.exit(1) }
`

let directory: string
let scanner: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'command-'))
  scanner = join(directory, 'scanner.cjs')
  await writeFile(scanner, SCANNER)
})

afterEach(() => rm(directory, { recursive: true, force: true }))

async function analyze(
  options: Partial<CommandBackendOptions> & { script?: string },
  content: Uint8Array = new Uint8Array(Buffer.from('text')),
  signal: AbortSignal = AbortSignal.timeout(20_000),
) {
  const { script, ...rest } = options
  const backend = new CommandBackend({ command: ['sh', '-c', script ?? 'true'], ...rest })
  await backend.setup()
  return backend.analyze({ content, artifactType: 'file', metadata: {}, signal })
}

/** Command lines of this machine's processes that begin so. */
async function running(beginning: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return lines.filter((line) => line.startsWith(beginning))
}

/** node reserves more address space than it uses. */
const ROOM = { maxMemory: 256 * 1024 ** 3 }

describe('the command backend', () => {
  it('gives the file on stdin, or as a path that is gone afterwards', async () => {
    for (const command of [
      [process.execPath, scanner],
      [process.execPath, scanner, '{}'],
    ]) {
      expect(await analyze({ command, ...ROOM }, eicarTestFile())).toMatchObject({
        outcome: 'malicious',
        family: 'Eicar',
      })
      expect(await analyze({ command, ...ROOM })).toMatchObject({ outcome: 'benign' })
    }
    const { family = '' } = await analyze({ command: ['sh', '-c', 'echo "$0"; exit 1', '{}'] })
    expect(family).toMatch(/artifact$/)
    expect(existsSync(family)).toBe(false)
  })

  it('takes the verdict from exit status, JSON or a pattern', async () => {
    expect(await analyze({ script: 'exit 2' })).toMatchObject({ outcome: 'unknown' })
    const json = `echo loading; echo '{"outcome":"malicious","confidence":0.5,"family":"F"}'`
    expect(await analyze({ script: json, answer: 'json' })).toEqual({
      outcome: 'malicious',
      confidence: 0.5,
      family: 'F',
    })
    const answer = parseAnswerRule('/^FOUND (?<family>\\S+)$/m')
    expect(await analyze({ script: 'echo FOUND Bad', answer })).toMatchObject({ outcome: 'malicious', family: 'Bad' })
    expect(await analyze({ script: 'echo clean', answer })).toMatchObject({ outcome: 'benign' })
  })

  it.each<[string, Partial<CommandBackendOptions> & { script?: string }]>([
    ['another status', { script: 'exit 3' }],
    ['a crash', { script: 'kill -SEGV $$' }],
    ['a program that does not exist', { command: ['/nowhere/scanner'] }],
    ['no JSON', { script: 'echo fine', answer: 'json' }],
    ['JSON that is no finding', { script: `echo '{"outcome":"clean","confidence":1}'`, answer: 'json' }],
    ['JSON and a failure', { script: `echo '{"outcome":"benign","confidence":1}'; exit 1`, answer: 'json' }],
    ['no match and a failure', { script: 'exit 1', answer: /x/ }],
    ['more output than is searched', { script: 'yes | head -c 70000; echo FOUND', answer: /FOUND/ }],
    ['a flood of output', { script: 'yes', maxOutput: 10_000 }],
    ['a flood of messages', { script: 'yes >&2', maxOutput: 10_000 }],
  ])('takes %s for an error, never for benign', async (_name, options) => {
    await expect(analyze(options)).rejects.toThrow(AnalysisError)
  })

  it('ends the program and all that it started at its deadline', async () => {
    const time = `200.${process.pid}`
    const controller = new AbortController()
    const script = `(while :; do sleep ${time}; done) & while :; do :; done`
    const analysis = analyze({ script }, undefined, controller.signal)
    await vi.waitFor(async () => expect(await running(`sleep\x00${time}`)).toHaveLength(1), 60_000)
    controller.abort(new DOMException('The time is over.', 'TimeoutError'))
    await expect(analysis).rejects.toThrow(/time/i)
    await vi.waitFor(async () => expect(await running(`sleep\x00${time}`)).toEqual([]), 60_000)
  })

  it('shows it no file but the artifact, the system and what its command line names, where the system allows that', async () => {
    const keys = join(directory, 'keys')
    await mkdir(keys)
    await writeFile(join(keys, 'deployer.password'), 'correct horse\n')
    const own = join(directory, 'own')
    await writeFile(own, 'a rule\n')
    const notes: string[] = []
    const told = { inform: (note: string) => notes.push(note), warn: (note: string) => notes.push(note) }
    // By its path, by the links that lead out, and by looking for it.
    const places = [
      keys,
      `/proc/1/root${keys}`,
      `/proc/self/cwd${keys}`,
      `/proc/1/cwd${keys}`,
      process.cwd(),
      homedir(),
    ]
    const script = `
      for place in ${places.join(' ')}; do cat "$place"/* 2>/dev/null; done
      find / -xdev -name '*.password' 2>/dev/null | xargs -r cat
      echo x > "$0" && echo changed; cat "$0" "$1"; exit 1`
    const analysis = await analyze({ command: ['sh', '-c', script, '{}', own], ...told })
    const isConfined = notes.some((note) => note.includes('can read the artifact'))
    if (process.env.CI === 'true') expect(isConfined, 'mount namespaces of this system').toBe(true)
    if (isConfined) expect(analysis.family).toBe('texta rule')
    else expect(notes.join()).toMatch(/can read all that this user can/)
  })

  it('ends what the program leaves behind', async () => {
    // No other process of this machine sleeps for just so long.
    const time = `100.${process.pid}`
    expect(await analyze({ script: `sleep ${time} >/dev/null 2>&1 & exit 0` })).toMatchObject({
      outcome: 'benign',
    })
    await vi.waitFor(async () => expect(await running(`sleep\x00${time}`)).toEqual([]), 60_000)
  })

  it('hands no password of ours to the program', async () => {
    process.env.PASSWORD = 'correct horse'
    const { family } = await analyze({ script: 'env | grep -c horse; exit 1' })
    delete process.env.PASSWORD
    expect(family).toBe('0')
  })

  it('limits its memory', async () => {
    const greedy = { script: 'head -c 400000000 /dev/zero | tail -c 399999999 | wc -c; exit 0', maxMemory: 100_000_000 }
    const { outcome, family } = await analyze({ ...greedy, answer: /(?<family>399999999)/ }).catch(() => ({
      outcome: 'failed',
      family: '',
    }))
    expect([outcome, family]).not.toEqual(['malicious', '399999999'])
  })

  it('keeps it from the network, where the system allows that, and runs it all the same where it does not', async () => {
    const { network } = await confinementOf({
      maxMemory: 10 ** 10,
      network: false,
      readable: [],
      emptyDirectory: directory,
    })
    if (process.env.CI === 'true') expect(network, 'network namespaces of this system').toBe(true)
    const server = createServer((socket) => socket.on('error', () => undefined).end('hello')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const script = `require('net').connect(${port}, '127.0.0.1').on('connect', () => process.exit(1)).on('error', () => process.exit(0))`
    const command = [process.execPath, '-e', script]
    const outcome = network ? 'benign' : 'malicious'
    expect(await analyze({ command, ...ROOM })).toMatchObject({ outcome })
    expect(await analyze({ command, ...ROOM, network: true })).toMatchObject({ outcome: 'malicious' })
    server.close()
  })

  describe('keeps the rules of backends:', () => {
    const make = () =>
      new CommandBackend({ command: ['sh', '-c', 'if grep -q EICAR-STANDARD; then exit 1; fi; exit 0'] })
    it.each(conformanceCases({ make, knowsEicar: true }))('$title', ({ run }) => run())
  })
})

describe('parseCommandLine', () => {
  it.each(['', '   ', `scan 'x`, 'scan "x'])('refuses %j', (text) => {
    expect(() => parseCommandLine(text)).toThrow(InvalidOptionError)
  })

  it('leaves everything else as it is', () => {
    expect(parseCommandLine(`a "b c"d $HOME;ls ''`)).toEqual(['a', 'b cd', '$HOME;ls', ''])
  })
})
