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
  /** Seconds from the command to the verdict, one file after the other. */
  alone: { files: number; median: number; p99: number; perSecond: number }
  /** As many files in one command. */
  together: { files: number; perSecond: number; bounties: number }
}

/** Scans files one after the other, then others all at once, in a market as `npm start` runs it. */
export async function scans({ alone, together }: { alone: number; together: number }): Promise<ScanResult> {
  const data = mkdtempSync(join(tmpdir(), 'scans-'))
  const ports = ['--port', '0', '--chain-port', '0', '--consumer-port', '0']
  const market = spawn(process.execPath, [MARKET, '--data', join(data, 'market'), ...ports], { stdio: 'ignore' })
  try {
    await polyswarm(data, ['engines'], 120)
    const times: number[] = []
    for (let index = 0; index < alone; index++) {
      const file = join(data, `alone-${index}`)
      writeFileSync(file, `alone ${index} ${Math.random()}`)
      const begun = performance.now()
      await polyswarm(data, ['scan', file, '--poll-interval', '0.1'], 1)
      times.push((performance.now() - begun) / 1000)
    }
    const folder = join(data, 'together')
    mkdirSync(folder)
    for (let index = 0; index < together; index++) writeFileSync(join(folder, `${index}`), `${index} ${Math.random()}`)
    const begun = performance.now()
    const said = await polyswarm(data, ['scan', folder, '--parallel', '64', '--fmt', 'ndjson'], 1)
    const taken = (performance.now() - begun) / 1000
    const guids = said.split('\n').flatMap((line) => /"guid":"([^"]+)"/.exec(line)?.[1] ?? [])
    const sum = times.reduce((total, time) => total + time, 0)
    return {
      alone: { files: alone, median: percentile(times, 0.5), p99: percentile(times, 0.99), perSecond: alone / sum },
      together: { files: together, perSecond: together / taken, bounties: new Set(guids).size },
    }
  } finally {
    market.kill('SIGINT')
    await once(market, 'exit')
    rmSync(data, { recursive: true, force: true })
  }
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
