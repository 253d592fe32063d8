import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MarketDocument, MarketFile } from '@polyswarm/devnet'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readJournal } from '../participants/src/runtime/journal/journal-report.ts'
import { ROOT } from './support/markdown.ts'
import { startMarketProcess } from './support/market-process.ts'

const BIDS_AND_FEES = { bounty: 62_500_000_000_000_000n, assertion: 31_250_000_000_000_000n }
const EICAR = 'WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo='

let folder: string
let data: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'market-'))
  data = join(folder, 'data')
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** What every finished market must be able to say of itself, whatever happened to it. */
function expectSound(document: MarketDocument, engines: readonly string[]): void {
  expect(document.conserved).toBe(true)
  let burned = 0n
  for (const bounty of document.bounties) {
    expect(bounty.settled).toBe(true)
    const assertions = bounty.artifacts.flatMap((artifact) => artifact.assertions)
    for (const { revealed } of assertions) expect(revealed).toBe(true)
    for (const { truth, assertions: onArtifact } of bounty.artifacts) {
      for (const { verdict, correct } of onArtifact) expect(correct).toBe(verdict === truth)
      // Nobody asserts twice: each engine is at most once on each artifact.
      const names = onArtifact.map(({ engine }) => engine)
      expect(new Set(names).size).toBe(names.length)
      for (const name of names) expect(engines).toContain(name)
    }
    const asserters = new Set(assertions.map(({ address }) => address)).size
    const bids = assertions.reduce((sum, { bid }) => sum + BigInt(bid), 0n)
    const held = BigInt(bounty.amount) + BIDS_AND_FEES.bounty + BIDS_AND_FEES.assertion * BigInt(asserters) + bids
    const paid = bounty.payouts.reduce((sum, payout) => sum + BigInt(payout.paid), 0n)
    expect(held).toBeGreaterThanOrEqual(paid)
    burned += held - paid
    expect(new Set(bounty.payouts.map(({ address }) => address)).size).toBe(bounty.payouts.length)
  }
  expect(BigInt(document.supply.before) - BigInt(document.supply.after)).toBe(burned)
}

describe('a market that nobody disturbs', { timeout: 300_000 }, () => {
  test('settles the samples, and goes on at the next start with the files of a directory, whose truth it knows', async () => {
    const first = startMarketProcess(data, ['--once', '--json'])
    const { status, stdout } = await first.ended
    expect(status, first.report()).toBe(0)
    const document = JSON.parse(stdout) as MarketDocument
    expectSound(document, ['eicar', 'yara', 'contrarian'])
    expect(document.bounties.map(({ artifacts }) => artifacts.map(({ truth }) => truth))).toEqual(
      expect.arrayContaining([['malicious'], ['benign'], ['benign', 'malicious', 'benign', 'benign']]),
    )
    const everyone = document.bounties.flatMap(({ artifacts }) => artifacts.flatMap(({ assertions }) => assertions))
    expect(everyone).toHaveLength(6 * 3)
    for (const { engine, correct } of everyone) if (engine !== 'contrarian') expect(correct).toBe(true)
    expect(everyone.some(({ engine, correct }) => engine === 'contrarian' && !correct)).toBe(true)
    expect(everyone.every(({ address }) => /^0x[0-9a-fA-F]{40}$/.test(address))).toBe(true)
    expect(first.story.filter((line) => line.includes('is over'))).toHaveLength(3)

    const file = JSON.parse(readFileSync(join(data, 'market.json'), 'utf8')) as MarketFile
    expect(Object.keys(file.contracts)).toEqual(
      expect.arrayContaining(['NectarToken', 'ArbiterStaking', 'BountyRegistry']),
    )
    for (const { keyfile, passwordFile } of Object.values(file.accounts)) {
      expect(JSON.parse(readFileSync(keyfile, 'utf8'))).toMatchObject({ version: 3 })
      expect(existsSync(passwordFile)).toBe(true)
    }
    expect(existsSync(join(data, 'processes.json'))).toBe(false)

    const files = join(folder, 'files')
    mkdirSync(join(files, 'malicious'), { recursive: true })
    writeFileSync(join(files, 'plain.txt'), 'a plain text\n')
    writeFileSync(join(files, 'wrapped.bin'), Buffer.concat([Buffer.from('in here: '), Buffer.from(EICAR, 'base64')]))
    writeFileSync(join(files, 'malicious', 'quiet.txt'), 'malicious, because it lies in a folder that says so\n')
    writeFileSync(join(files, 'empty'), '')
    const second = startMarketProcess(data, ['--once', '--json', '--artifacts', files, '--engines', '4'])
    const again = await second.ended
    expect(again.status, second.report()).toBe(0)
    const next = JSON.parse(again.stdout) as MarketDocument
    expectSound(next, ['eicar', 'yara', 'contrarian', 'eicar-2'])
    expect(next.supply.before).toBe(document.supply.after)
    const [bounty, ...others] = next.bounties
    expect(others).toHaveLength(0)
    expect(document.bounties.map(({ guid }) => guid)).not.toContain(bounty?.guid)
    const truths = Object.fromEntries(bounty?.artifacts.map(({ name, truth }) => [name, truth]) ?? [])
    expect(truths).toEqual({ 'plain.txt': 'benign', 'wrapped.bin': 'malicious', 'quiet.txt': 'malicious' })
    const kept = JSON.parse(readFileSync(join(data, 'market.json'), 'utf8')) as MarketFile
    expect(kept.contracts).toEqual(file.contracts)
    expect(kept.accounts.eicar).toEqual(file.accounts.eicar)
  })

  test('posts the URLs of a list, which its own engines judge, and one of the reader that judges nothing else', async () => {
    const engine = join(folder, 'hunter.ts')
    const sdk = new URL('../participants/dist/index.js', import.meta.url).href
    writeFileSync(
      engine,
      `import { benign, defineMicroengine, malicious } from '${sdk}'
       export default defineMicroengine({
         name: 'hunter',
         artifacts: ['url'],
         scan: ({ content }: { content: Uint8Array }) =>
           Buffer.from(content).toString().includes('phishing') ? malicious() : benign(),
       })`,
    )
    const list = join(folder, 'urls.txt')
    writeFileSync(list, 'https://phishing.example/ malicious\nhttps://a.example/\nhttps://b.example/ benign\n')
    const market = startMarketProcess(data, ['--once', '--json', '--urls', list, '--engine', engine])
    const { status, stdout } = await market.ended
    expect(status, market.report()).toBe(0)
    const document = JSON.parse(stdout) as MarketDocument
    expectSound(document, ['url', 'yara', 'contrarian', 'hunter'])
    const [bounty, ...others] = document.bounties
    expect(others).toHaveLength(0)
    expect(bounty?.artifacts.map(({ name, truth }) => [name, truth])).toEqual([
      ['https://phishing.example/', 'malicious'],
      ['https://a.example/', 'benign'],
      ['https://b.example/', 'benign'],
    ])
    for (const { assertions } of bounty?.artifacts ?? []) {
      expect(assertions.filter(({ engine }) => engine === 'hunter')).toMatchObject([{ correct: true }])
      // The market's own engines judge URLs where those are posted.
      expect(assertions.some(({ engine }) => engine !== 'hunter')).toBe(true)
    }
  })

  test('leaves the arbiter to one of the reader, who takes its account, and opens a port for programs of 2018', async () => {
    const market = startMarketProcess(data, ['--once', '--json', '--without', 'arbiter', '--api-2018-port', '0'])
    await market.line(/no arbiter, the keeper, the consumer service and 3 microengines start/)
    const { polyswarmd, polyswarmd2018, accounts } = JSON.parse(
      readFileSync(join(data, 'market.json'), 'utf8'),
    ) as MarketFile
    const { keyfile = '', passwordFile = '', address } = accounts.arbiter ?? {}
    const own = spawn(
      process.execPath,
      [
        ...[join(ROOT, 'participants/dist/bin/arbiter.js'), '--truth-db', join(data, 'truth', 'truth.db')],
        ...['--polyswarmd-addr', polyswarmd, '--market', join(data, 'market.json')],
        ...['--keyfile', keyfile, '--password-file', passwordFile, '--journal', join(folder, 'arbiter.sqlite')],
      ],
      { stdio: 'ignore' },
    )
    try {
      await market.line(/bounties? (is|are) posted|posted/)
      const nonce = await fetch(`${polyswarmd2018}/nonce?account=${address}`)
      expect(await nonce.json()).toMatchObject({ status: 'OK' })
      const { status, stdout } = await market.ended
      expect(status, market.report()).toBe(0)
      expectSound(JSON.parse(stdout) as MarketDocument, ['eicar', 'yara', 'contrarian'])
    } finally {
      own.kill('SIGKILL')
    }
  })
})

describe('a market that loses a process', { timeout: 300_000 }, () => {
  test.each([
    {
      what: 'the ambassador after it has posted, an engine between commit and reveal, and the arbiter during voting',
      losses: [
        ['ambassador', /posted/],
        ['eicar', /asserted eicar/],
        ['arbiter', /voted/],
      ] as const,
    },
    {
      what: 'polyswarmd while bounties are open, and the chain while verdicts are being revealed',
      losses: [
        ['polyswarmd', /asserted/],
        ['chain', /revealed/],
      ] as const,
    },
  ])('$what', async ({ losses }) => {
    const market = startMarketProcess(data, ['--once', '--json'])
    for (const [program, moment] of losses) {
      await market.line(moment)
      market.killProgram(program)
    }
    const { status, stdout } = await market.ended
    expect(status, market.report()).toBe(0)
    for (const [program] of losses) {
      expect(market.story).toContainEqual(
        expect.stringContaining(`${program} was killed by SIGKILL and is started again`),
      )
    }
    const document = JSON.parse(stdout) as MarketDocument
    expect(document.bounties).toHaveLength(3)
    expectSound(document, ['eicar', 'yara', 'contrarian'])
  })
})

describe('a market that is stopped', { timeout: 300_000 }, () => {
  const PHASES: [RegExp, 'Ctrl-C' | 'Ctrl-C again and again' | 'kill -9'][] = [
    [/asserted eicar/, 'Ctrl-C'],
    [/revealed/, 'Ctrl-C again and again'],
    [/asserted yara/, 'kill -9'],
    [/microengines start/, 'Ctrl-C'],
  ]
  const PROGRAMS = ['ambassador', 'arbiter', 'chain', 'consumer', 'contrarian', 'eicar', 'keeper', 'polyswarmd', 'yara']

  test('goes on with the next start, and nobody has missed anything, whenever it was stopped and however', async () => {
    let orphans: number[] = []
    for (const [moment, how] of PHASES) {
      const market = startMarketProcess(data)
      await market.line(moment)
      const programs = programsOf(data)
      if (moment.source.includes('asserted')) expect(Object.keys(programs).sort()).toEqual(PROGRAMS)
      if (how === 'kill -9') orphans = Object.values(programs)
      market.process.kill(how === 'kill -9' ? 'SIGKILL' : 'SIGINT')
      const impatient = how === 'Ctrl-C again and again' ? setInterval(() => market.process.kill('SIGINT'), 100) : null
      const { status } = await market.ended
      clearInterval(impatient ?? undefined)
      expect(status, market.report()).toBe(how === 'kill -9' ? null : 0)
      if (how === 'kill -9') continue
      expect(market.story.at(-1)).toMatch(/^· stopping/)
      expectGone(Object.values(programs))
      expect(readdirSync(folder)).toEqual(['data'])
    }
    const last = startMarketProcess(data, ['--once', '--json'])
    const { status, stdout } = await last.ended
    expect(status, last.report()).toBe(0)
    expectGone(orphans)
    expectSound(JSON.parse(stdout) as MarketDocument, ['eicar', 'yara', 'contrarian'])
    for (const engine of ['eicar', 'yara', 'contrarian']) {
      const { summary } = readJournal(join(data, 'journals', `${engine}.sqlite`))
      expect(summary, engine).toMatchObject({ missed: 0, pending: 0 })
      expect(summary.revealed).toBe(summary.asserted)
    }
  })
})

/** The process ids of a market's programs, by name. */
function programsOf(directory: string): Record<string, number> {
  const { programs } = JSON.parse(readFileSync(join(directory, 'processes.json'), 'utf8')) as {
    programs: Record<string, { pid: number }>
  }
  return Object.fromEntries(Object.entries(programs).map(([name, { pid }]) => [name, pid]))
}

function expectGone(pids: readonly number[]): void {
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow(/ESRCH/)
}

describe('a market that cannot start', { timeout: 300_000 }, () => {
  async function failureOf(args: readonly string[]): Promise<string> {
    const market = startMarketProcess(data, args)
    const { status } = await market.ended
    expect(status, market.report()).toBe(1)
    expect(existsSync(join(data, 'processes.json'))).toBe(false)
    expect(market.story).toHaveLength(1)
    return market.story.join('\n')
  }

  test('says that a port is taken, and how to choose another', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    try {
      expect(await failureOf(['--port', `${port}`])).toBe(
        `Port ${port} is in use by another program: end it, or choose another port with --port (0 picks a free one).`,
      )
      expect(await failureOf(['--chain-port', `${port}`])).toContain('--chain-port')
    } finally {
      server.close()
    }
  })

  test('says which setting is wrong', async () => {
    expect(await failureOf(['--engines', '0'])).toBe('--engines is "0": give a whole number from 1 to 50.')
    expect(await failureOf(['--block-time', 'soon'])).toContain('--block-time is "soon"')
    expect(await failureOf(['--json'])).toContain('--once')
    const list = join(folder, 'urls.txt')
    writeFileSync(list, 'https://example.org/\nexample.org\n')
    expect(await failureOf(['--urls', list])).toBe(
      `The artifacts in ${list} cannot be posted: line 2: only http:// and https:// are posted.`,
    )
    expect(await failureOf(['--urls', join(folder, 'none')])).toContain('ENOENT')
  })

  test('says that a directory holds something else, and touches none of it', async () => {
    mkdirSync(data)
    writeFileSync(join(data, 'diary.txt'), 'dear diary')
    expect(await failureOf([])).toContain('diary.txt')
    expect(readdirSync(data)).toEqual(['diary.txt'])
  })

  test('says that a data directory is damaged, and keeps it as it is', async () => {
    mkdirSync(join(data, 'chain'), { recursive: true, mode: 0o700 })
    writeFileSync(join(data, 'market.json'), '{"polyswarmd":', { mode: 0o600 })
    expect(await failureOf([])).toMatch(/market\.json is damaged/)
    expect(readFileSync(join(data, 'market.json'), 'utf8')).toBe('{"polyswarmd":')
  })

  test.each(['/dev/null', '/proc/market', '/proc/market/data'])(
    'says that %s is no place for a market',
    async (place) => {
      const market = startMarketProcess(place)
      expect((await market.ended).status).toBe(1)
      expect(market.story).toEqual([expect.stringContaining(`The data directory ${place} cannot be used`)])
    },
  )

  test('says that the artifacts cannot be read', async () => {
    expect(await failureOf(['--artifacts', join(folder, 'nowhere')])).toContain('nowhere')
    mkdirSync(join(folder, 'nothing'))
    expect(await failureOf(['--artifacts', join(folder, 'nothing')])).toContain('no file that can be posted')
  })
})
