import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { PassThrough } from 'node:stream'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT } from '../../test/support/markdown.ts'
import { BACKENDS, BIDS } from './answers.ts'
import { create } from './create.ts'

const run = promisify(execFile)
const WORKSPACES = [
  'contracts',
  'protocol',
  'polyswarmd',
  'participants',
  'consumer',
  'dashboard',
  'devnet',
  'polyswarm-cli',
  'create-microengine',
]

/**
 * Of the machine alone: what npm adds for the scripts of this repository is not there for its users. What was compiled is
 * kept for the next start, as for all programs that tests start.
 */
const env = {
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_|VITEST|INIT_CWD)/i.test(name))),
  PATH: (process.env.PATH ?? '')
    .split(delimiter)
    .filter((entry) => !entry.includes('node_modules'))
    .join(delimiter),
}

let folder: string
let packages: string
let project: string
/** What the Dockerfile copies and installs, without Docker. */
let image: string
let installed: Promise<void>

/** What is here already is not asked for, and nothing is reported to anybody. */
const QUICKLY = ['--prefer-offline', '--no-audit', '--no-fund']

const npm = (args: readonly string[], cwd: string) => run('npm', args, { cwd, env, maxBuffer: 64 * 1024 ** 2 })

/** Makes a project beside the first one, whose packages it finds. */
async function make(...args: readonly string[]): Promise<void> {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const [directory = '', ...options] = args
  await create([join(folder, directory), ...options, '--packages', packages], { input, output })
}

/** Makes a project as its author does. */
async function makeFirst(...args: readonly string[]): Promise<void> {
  const tarball = join(packages, readdirSync(packages).find((file) => file.includes('create-microengine')) ?? '')
  const fetched = ['exec', '--yes', '--prefer-offline', '--package', tarball, '--', 'create-microengine']
  // The others lie beside it.
  await npm([...fetched, ...args], folder)
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'project-'))
  packages = join(folder, 'tarballs')
  mkdirSync(packages)
  const chosen = WORKSPACES.flatMap((workspace) => ['-w', workspace])
  await npm(['pack', '--ignore-scripts', '--pack-destination', packages, ...chosen], ROOT)
  await makeFirst('my-engine', '--yes')
  project = join(folder, 'my-engine')
  image = join(folder, 'image')
  await npm(['install', ...QUICKLY], project)
  symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'))
  installed = installImage()
  // Its test tells what went wrong.
  installed.catch(() => undefined)
}, 600_000)

// Tens of thousands of small files, which takes a busy disk a while.
afterAll(() => rm(folder, { recursive: true, force: true }), 600_000)

test('the packages hold what is run, and not what is tested or noted by tools', async () => {
  for (const file of readdirSync(packages)) {
    const { stdout } = await run('tar', ['tzf', join(packages, file)])
    expect(stdout).not.toMatch(/^package\/dist\/.*(\.(test|fixture)\.|tsbuildinfo|fingerprint)/m)
  }
})

test('its tests and its check pass', { timeout: 300_000 }, async () => {
  await npm(['test'], project)
  const { stdout } = await npm(['run', 'check'], project)
  expect(stdout).toMatch(/EICAR +malicious/)
  expect(stdout).not.toContain('problem')
})

/** Every other answer: backend, artifacts and bid of a project. */
const OTHERS = [
  ...Object.keys(BACKENDS)
    .filter((backend) => backend !== 'function')
    .map((backend) => [backend, 'file', 'default']),
  ...Object.keys(BACKENDS).map((backend) => [backend, 'file', 'growth']),
  ...Object.keys(BACKENDS)
    .filter((backend) => backend !== 'yara')
    .map((backend) => [backend, 'url', 'default']),
]

test.concurrent('every other answer makes a project that passes, too', { timeout: 600_000 }, async () => {
  for (const [backend = '', artifacts = '', bid = ''] of OTHERS) {
    expect(Object.keys(BIDS)).toContain(bid)
    const options = ['--backend', backend, '--artifacts', artifacts, '--bid', bid]
    await make(join('others', `e-${backend}-${artifacts}-${bid}`), '--yes', ...options)
  }
  // What `npm test` of each of them does, with the compiler and the runner started once for all.
  const others = join(folder, 'others')
  const { compilerOptions } = JSON.parse(readFileSync(join(project, 'tsconfig.json'), 'utf8'))
  writeFileSync(join(others, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['e-*/**/*.ts'] }))
  await npm(['exec', '--', 'tsc', '-p', others], project)
  const { stdout } = await npm(
    ['exec', '--', 'node', '--test', '--test-concurrency=2', join(others, 'e-*/test/**/*.test.ts')],
    project,
  )
  const passed = new Set(Array.from(stdout.matchAll(/^✔ (e-\S+)/gm), ([, name]) => name))
  expect([...passed].sort()).toEqual(OTHERS.map((answers) => `e-${answers.join('-')}`).sort())
})

/** A command of the Dockerfile, as words. */
function imageCommand(pattern: RegExp): [string, string[]] {
  const words = JSON.parse(pattern.exec(readFileSync(join(project, 'Dockerfile'), 'utf8'))?.[1] ?? '[]') as string[]
  const [program = '', ...args] = words
  return [join(image, program), args]
}

/** What the Dockerfile says, step by step. */
async function installImage(): Promise<void> {
  const lines = readFileSync(join(project, 'Dockerfile'), 'utf8').split('\n')
  const ignored = readFileSync(join(project, '.dockerignore'), 'utf8').split('\n')
  for (const [, from = '', sources = '', target = ''] of lines.map(
    (line) => /^COPY (--from=\S+ )?(.*) (\S+)$/.exec(line) ?? [],
  )) {
    for (const source of sources.split(' ').filter(Boolean)) {
      if (from) continue
      expect(ignored).toContain(`!${source}`)
      cpSync(join(project, source), join(image, target, source.includes('.json') ? source : ''), { recursive: true })
    }
  }
  // Not `npm ci`, which fails where a registry lacks what other systems need; the lock file holds for both. What is unpacked
  // already is not unpacked once more: npm removes what is for development alone. Its files are those of the project, which
  // npm replaces and never writes to, but for its own list of them.
  await run('cp', ['--archive', '--link', 'node_modules', image], { cwd: project })
  const list = join('node_modules', '.package-lock.json')
  rmSync(join(image, list))
  cpSync(join(project, list), join(image, list))
  await npm(['install', '--omit=dev', '--ignore-scripts', ...QUICKLY], image)
}

test.concurrent('all that the image is made of is there', { timeout: 300_000 }, async () => {
  await installed
  expect(existsSync(join(image, 'node_modules/@polyswarm/participants'))).toBe(true)
  expect(existsSync(join(image, 'node_modules/@polyswarm/devnet'))).toBe(false)
})

test.concurrent('npm run dev runs a market, takes changes that pass, refuses others, and ends whole', {
  timeout: 300_000,
}, async ({ onTestFinished }) => {
  const market = startDev(project)
  onTestFinished(market.end)
  await market.line(/revealed my-engine: malicious/)
  const { programs } = JSON.parse(readFileSync(join(project, '.polyswarm/processes.json'), 'utf8')) as {
    programs: Record<string, { pid: number }>
  }
  await installed
  await runImage()
  await market.line(/asserted microengine bids/)

  const engine = join(project, 'src/engine.ts')
  const before = readFileSync(engine, 'utf8')
  writeFileSync(engine, before.replace('return benign(', 'return banign('))
  await market.line(/my-engine goes on as it was/)
  await market.line(/Cannot find name 'banign'/)
  expect(() => process.kill(programs['my-engine']?.pid ?? 0, 0)).not.toThrow()

  writeFileSync(engine, before.replace('confidence: 0.6', 'confidence: 0.123'))
  await market.line(/my-engine runs as its files are now/)
  // 0.123 of the range from 1/16 to 1 NCT: only the changed engine bids that.
  await market.line(/asserted my-engine bids 0\.1778 NCT/)
  const story = market.story()
  expect(story).not.toMatch(/is started again|does not run/)
  await market.end()
  const last = Object.values(programs).map(({ pid }) => pid)
  for (const pid of last) expect(() => process.kill(pid, 0)).toThrow(/ESRCH/)
  expect(existsSync(join(project, '.polyswarm/processes.json'))).toBe(false)
})

test.concurrent('npm run dev of an engine that judges URLs posts the example list to it', {
  timeout: 300_000,
}, async ({ onTestFinished }) => {
  await make('hunter', '--yes', '--artifacts', 'url')
  const directory = join(folder, 'hunter')
  const { stdout } = await npm(['run', 'check'], directory)
  expect(stdout).toMatch(/harmless URL +benign/)
  expect(stdout).not.toMatch(/problem|EICAR/)
  const market = startDev(directory)
  onTestFinished(market.end)
  await market.line(/asks about 4 artifacts/)
  await market.line(/revealed hunter: malicious on 2, benign on 2/)
  await market.line(/voted +arbiter: 2 of 4 malicious/)
  await market.line(/settled +hunter is paid/)
})

/** The image's command, with the market's spare account, until its probe says that it is alive. */
async function runImage(): Promise<void> {
  const { polyswarmd, accounts } = JSON.parse(readFileSync(join(project, '.polyswarm/market.json'), 'utf8')) as {
    polyswarmd: string
    accounts: Record<string, { keyfile: string; passwordFile: string }>
  }
  const settings = {
    ...env,
    PATH: `${join(project, 'node_modules/.bin')}${delimiter}${env.PATH}`,
    POLYSWARMD_ADDR: polyswarmd,
    KEYFILE: accounts.microengine?.keyfile,
    PASSWORD_FILE: accounts.microengine?.passwordFile,
    JOURNAL: join(folder, 'image.sqlite'),
    LIVENESS: join(folder, 'liveness'),
  }
  const [program, args] = imageCommand(/^CMD (.*)$/m)
  const engine = spawn(program, args, { cwd: image, env: settings, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(engine, 'close')
  let log = ''
  // It asserts once it is there: the market posts again and again. What is being sent when it ends might not be.
  for await (const text of engine.stdout.setEncoding('utf8')) {
    log += text
    if (log.includes('asserted')) break
  }
  const { stdout } = await run(...imageCommand(/^HEALTHCHECK .*CMD (.*)$/m), { cwd: image, env: settings })
  expect(stdout).toContain('alive: block')
  engine.kill('SIGTERM')
  expect((await ended)[0]).toBe(0)
}

function startDev(cwd: string) {
  const child: ChildProcess = spawn('npm', ['run', 'dev'], {
    cwd,
    env: { ...env, MARKET_PORT: '0', MARKET_CHAIN_PORT: '0', MARKET_ENGINES: '1' },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'close')
  let output = ''
  const waiting = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text
      for (const check of waiting) check()
    })
  }
  return {
    story: () => output,
    /** Waits until a pattern was seen so many times. */
    line: (pattern: RegExp, times = 1) =>
      new Promise<void>((resolve, reject) => {
        const check = () => {
          if ((output.match(new RegExp(pattern, 'g')) ?? []).length < times) return
          waiting.delete(check)
          resolve()
        }
        waiting.add(check)
        check()
        void ended.then(() => reject(new Error(`npm run dev ended without ${pattern}:\n${output}`)))
      }),
    /** As a person would: only so it takes its programs along. */
    end: async () => {
      if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid ?? 0), 'SIGINT')
      await ended
    },
  }
}
