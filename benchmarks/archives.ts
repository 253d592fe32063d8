import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { runBackends } from '../participants/dist/analysis/backend-runner.js'
import { containsEicar } from '../participants/dist/artifacts/eicar.js'
import { eicarBackend } from '../participants/dist/backends/eicar/eicar-backend.js'
import { generator, mutated } from './archives/mutation.ts'
import { sampleArchives } from './archives/samples.ts'

/** What Debian calls 7-Zip. */
const SEVEN_ZIP = ['7zz', '7z']
/** Milliseconds that another program may take. */
const PROGRAM_LIMIT_MS = 10_000
/** Milliseconds that a scan may take: as much as a backend gets by default. */
const SCAN_LIMIT = 30_000

/** What an archive that was judged wrongly was made of. */
interface Mistake {
  round: number
  command: string
  peer: string
  file: string
}

/**
 * Mutates archives of the system's programs, has each judged, and whatever the engine calls benign extracted by these
 * programs: none of them may find the test file in it. Prints outcomes, the longest scan, and for how long the engine's own
 * process was held.
 *
 * Arguments: `--rounds N` (2,000 by default), `--seed N`, `--json`. What is judged wrongly is kept in a file, and the status
 * is 1.
 */
export async function archivesBenchmark(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { rounds: { type: 'string' }, seed: { type: 'string' }, json: { type: 'boolean' } },
  })
  const rounds = Number(values.rounds ?? 2_000)
  const seed = Number(values.seed ?? 1)
  const sevenZip = SEVEN_ZIP.find((program) => !spawnSync(program).error) ?? '7z'
  const root = mkdtempSync(join(tmpdir(), 'archives-'))
  const samples = [...sampleArchives(root, sevenZip)]
  const random = generator(seed)
  const backend = eicarBackend()
  const outcomes: Record<string, number> = {}
  const mistakes: Mistake[] = []
  let longest = 0
  let held = 0
  for (let round = 0; round < rounds; round++) {
    const [command, archive] = samples[random(samples.length)] ?? ['', Buffer.alloc(0)]
    const content = mutated(archive, samples[random(samples.length)]?.[1] ?? archive, random)
    const request = { content, artifactType: 'file' as const, metadata: {}, signal: AbortSignal.timeout(SCAN_LIMIT) }
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    const start = performance.now()
    const [answer] = await runBackends([backend], request, SCAN_LIMIT)
    longest = Math.max(longest, performance.now() - start)
    delay.disable()
    held = Math.max(held, delay.max / 1e6)
    const outcome = answer?.finding.outcome ?? 'none'
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    if (outcome !== 'benign') continue
    const peer = peerThatFinds(content, root, sevenZip)
    if (peer === undefined) continue
    const file = join(tmpdir(), `judged-wrongly-${seed}-${round}`)
    writeFileSync(file, content)
    mistakes.push({ round, command, peer, file })
  }
  rmSync(root, { recursive: true })
  const result = { seed, rounds, outcomes, longestScan: Math.round(longest), longestHold: Math.round(held), mistakes }
  process.stdout.write(`${values.json ? JSON.stringify(result) : describe(result)}\n`)
  if (mistakes.length > 0) process.exitCode = 1
}

function describe({
  rounds,
  outcomes,
  longestScan,
  longestHold,
  mistakes,
}: Record<string, unknown> & { mistakes: Mistake[] }): string {
  const lines = mistakes.map(
    ({ peer, command, file }) => `benign, though ${peer} finds the test file: ${file} (from: ${command})`,
  )
  const counts = JSON.stringify(outcomes)
  return [
    `${rounds} archives: ${counts}; longest scan ${longestScan} ms, own process held ${longestHold} ms`,
    ...lines,
  ].join('\n')
}

/** The name of a program that extracts the test file from a content. */
function peerThatFinds(content: Buffer, root: string, sevenZip: string): string | undefined {
  const file = join(root, 'mutated')
  writeFileSync(file, content)
  const peers: [string, string[]][] = [
    [sevenZip, ['x', '-y', '-pinfected', '-oOUT', file]],
    ['bsdtar', ['-xf', file, '-C', 'OUT', '--passphrase', 'infected']],
    ['unzip', ['-qo', '-P', 'infected', file, '-d', 'OUT']],
    ['tar', ['-xf', file, '-C', 'OUT']],
  ]
  return peers.find(([program, parameters]) => {
    const out = join(root, 'extracted')
    rmSync(out, { recursive: true, force: true })
    mkdirSync(out)
    const actual = parameters.map((parameter) => parameter.replace('OUT', out))
    spawnSync(program, actual, { timeout: PROGRAM_LIMIT_MS, stdio: 'ignore', cwd: out })
    const found = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    return found.some(({ parentPath, name }) => {
      try {
        return containsEicar(readFileSync(join(parentPath, name)))
      } catch {
        // Modes of a mutated archive can forbid reading.
        return false
      }
    })
  })?.[0]
}
