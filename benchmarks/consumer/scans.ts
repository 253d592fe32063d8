import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { percentile } from '../market/percentile.ts'

const program = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const MARKET = program('devnet/dist/bin/market.js')
const POLYSWARM = program('polyswarm-cli/dist/bin/polyswarm.js')

/** What it takes to get answers from a dev market with `polyswarm scan`. */
export interface ScanResult {
  /** Seconds from the command to the verdict, each file a command of its own, so many of them at a time. */
  alone: { files: number; atOnce: number; median: number; p99: number; perSecond: number }
  /** As many files in one command. */
  together: { files: number; perSecond: number; bounties: number }
}

/** How many files. */
export interface ScanSettings {
  /** Each a command of its own. */
  alone: number
  /** Such commands at the same time. */
  atOnce: number
  /** In one command; none for 0. */
  together: number
}

/** Scans files by commands of their own, then others by one, in a market as `npm start` runs it. */
export async function scans({ alone, atOnce, together }: ScanSettings): Promise<ScanResult> {
  const data = mkdtempSync(join(tmpdir(), 'scans-'))
  const ports = ['--port', '0', '--chain-port', '0', '--consumer-port', '0']
  const market = spawn(process.execPath, [MARKET, '--data', join(data, 'market'), ...ports], { stdio: 'ignore' })
  try {
    await polyswarm(data, ['engines'], 120)
    const begun = performance.now()
    const times = await scanAlone(data, alone, atOnce)
    const perSecond = (alone * 1000) / (performance.now() - begun)
    return {
      alone: { files: alone, atOnce, median: percentile(times, 0.5), p99: percentile(times, 0.99), perSecond },
      together: await scanTogether(data, together),
    }
  } finally {
    market.kill('SIGINT')
    await once(market, 'exit')
    rmSync(data, { recursive: true, force: true })
  }
}

/** Seconds from each command to its verdict. */
async function scanAlone(data: string, files: number, atOnce: number): Promise<number[]> {
  const times: number[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < files) {
      const file = join(data, `alone-${next++}`)
      writeFileSync(file, `${file} ${Math.random()}`)
      const begun = performance.now()
      await polyswarm(data, ['scan', file, '--poll-interval', '0.1'], 1)
      times.push((performance.now() - begun) / 1000)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return times
}

async function scanTogether(data: string, files: number): Promise<ScanResult['together']> {
  if (files === 0) return { files, perSecond: 0, bounties: 0 }
  const folder = join(data, 'together')
  mkdirSync(folder)
  for (let index = 0; index < files; index++) writeFileSync(join(folder, `${index}`), `${index} ${Math.random()}`)
  const begun = performance.now()
  const said = await polyswarm(data, ['scan', folder, '--parallel', '64', '--fmt', 'ndjson'], 1)
  const taken = (performance.now() - begun) / 1000
  const guids = said.split('\n').flatMap((line) => /"guid":"([^"]+)"/.exec(line)?.[1] ?? [])
  return { files, perSecond: files / taken, bounties: new Set(guids).size }
}

/** Runs the command, again where the market is not there yet. */
async function polyswarm(data: string, words: readonly string[], tries: number): Promise<string> {
  const child = spawn(process.execPath, [POLYSWARM, '--market', join(data, 'market'), ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr] = await Promise.all([child.stdout.toArray(), child.stderr.toArray(), once(child, 'exit')])
  if (child.exitCode === 0) return Buffer.concat(stdout).toString()
  if (tries <= 1) throw new Error(`polyswarm ${words[0]}: ${Buffer.concat(stderr)}`)
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  return polyswarm(data, words, tries - 1)
}
