import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** A dev market that runs as a process, as `npm start` would run it. */
export interface MarketProcess {
  /** Every line of its story so far. */
  story: string[]
  /** Resolves with the first line of the story, from now on or before, that matches. Rejects when the market ends without. */
  line(pattern: RegExp): Promise<string>
  /** Resolves with the exit status and what was printed on stdout. */
  ended: Promise<{ status: number | null; stdout: string }>
  /** Kills one of its programs by force, as a crash would. */
  killProgram(name: string): void
  /** Its story, and what its programs have written last: what is to be known where a test of it fails. */
  report(): string
  process: ChildProcess
  /** Stops it at once; resolves when it has ended. */
  stop(): Promise<void>
}

/** Lines of a log that tell what a program was doing. */
const LAST_LINES = 25

const PROGRAM = fileURLToPath(new URL('../../devnet/dist/bin/market.js', import.meta.url))

/**
 * Starts a dev market on free ports; one that still runs at the end of the test is stopped then. The story is told on stderr
 * with `--json`, on stdout without.
 */
export function startMarketProcess(data: string, args: readonly string[] = []): MarketProcess {
  const market = spawnMarketProcess(data, args)
  onTestFinished(market.stop)
  return market
}

/** The same for several tests that share a market: whoever starts it stops it. */
export function spawnMarketProcess(data: string, args: readonly string[] = []): MarketProcess {
  const child = spawn(process.execPath, [PROGRAM, '--data', data, '--port', '0', '--chain-port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const story: string[] = []
  const waiting = new Set<() => void>()
  let stdout = ''
  const hear = (line: string) => {
    story.push(line)
    for (const check of waiting) check()
  }
  createInterface({ input: child.stderr }).on('line', hear)
  if (args.includes('--json')) child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  else createInterface({ input: child.stdout }).on('line', hear)
  const report = () => [...story, ...logsOf(data)].join('\n')
  const ended = once(child, 'close').then(([status]) => ({ status: status as number | null, stdout }))
  return {
    story,
    ended,
    report,
    process: child,
    stop: async () => {
      // The second time it waits for nothing any more.
      for (const _ of ['ask', 'insist']) child.kill('SIGINT')
      await ended
    },
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const check = () => {
          const found = story.find((line) => pattern.test(line))
          if (found === undefined) return
          waiting.delete(check)
          resolve(found)
        }
        waiting.add(check)
        check()
        void ended.then(() => reject(new Error(`the market ended without "${pattern}":\n${report()}`)))
      }),
    killProgram: (name) => {
      const { programs } = JSON.parse(readFileSync(`${data}/processes.json`, 'utf8')) as {
        programs: Record<string, { pid: number }>
      }
      const pid = programs[name]?.pid
      if (pid === undefined) throw new Error(`no program ${name} in ${Object.keys(programs)}`)
      process.kill(pid, 'SIGKILL')
    },
  }
}

function logsOf(data: string): string[] {
  const logs = join(data, 'logs')
  if (!existsSync(logs)) return []
  return readdirSync(logs)
    .filter((name) => name.endsWith('.log'))
    .flatMap((name) => {
      const lines = readFileSync(join(logs, name), 'utf8').trimEnd().split('\n')
      return [`--- ${name}`, ...lines.slice(-LAST_LINES)]
    })
}
