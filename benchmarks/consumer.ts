import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fillStore, hashOf, idOf } from './consumer/filled-store.ts'
import { type ScanResult, scans } from './consumer/scans.ts'
import { ServiceProcess } from './consumer/service-process.ts'
import { percentile } from './market/percentile.ts'

/** Requests at the same time. */
const AT_A_TIME = 32

/** What a service does that remembers much. */
interface MemoryResult {
  instances: number
  clients: number
  /** MiB: with all that is stored, and with the clients that wait besides. */
  memory: { idle: number; waiting: number }
  /** MiB on the disk; null where it is PostgreSQL's. */
  disk: number | null
  /** Answers a second, and milliseconds for each: of submissions by id, and of artifacts by hash. */
  byId: Rate
  byHash: Rate
}

interface Rate {
  perSecond: number
  median: number
  p99: number
}

/**
 * The service that people ask: seconds from `polyswarm scan` to the verdict in a dev market, `--files` alone, `--at-once` of them
 * at a time, and more together; and with
 * `--instances` submissions in its database and `--clients` that listen to its feed, its memory and how many answers it gives a
 * second. `--database postgres://…` names an empty database of PostgreSQL for them. `--only scans` or `--only memory` does half of it, `--json` prints one JSON document.
 */
export async function consumerBenchmark(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      instances: { type: 'string', default: '1000000' },
      clients: { type: 'string', default: '1000' },
      files: { type: 'string', default: '20' },
      'at-once': { type: 'string', default: '1' },
      together: { type: 'string', default: '128' },
      seconds: { type: 'string', default: '10' },
      database: { type: 'string' },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  const { only } = values
  const result: { scans?: ScanResult; memory?: MemoryResult } = {}
  if (only !== 'memory') {
    result.scans = await scans({
      alone: Number(values.files),
      atOnce: Number(values['at-once']),
      together: Number(values.together),
    })
  }
  if (only !== 'scans') {
    result.memory = await memory(
      Number(values.instances),
      Number(values.clients),
      Number(values.seconds),
      values.database,
    )
  }
  process.stdout.write(`${JSON.stringify(result, undefined, values.json ? undefined : 2)}\n`)
}

async function memory(instances: number, clients: number, seconds: number, database?: string): Promise<MemoryResult> {
  const data = mkdtempSync(join(tmpdir(), 'consumer-'))
  await fillStore(data, instances, database)
  const service = await ServiceProcess.start(data, database)
  const stop = new AbortController()
  try {
    const some = (): number => 1 + Math.floor(Math.random() * instances)
    const agent = new Agent({ keepAlive: true, maxSockets: AT_A_TIME })
    const byId = await rateOf(agent, seconds, () => `${service.url}/consumer/submission/default/${idOf(some())}`)
    const byHash = await rateOf(agent, seconds, () => `${service.url}/search/hash/sha256?hash=${hashOf(some())}`)
    const idle = service.memory
    await Promise.all(Array.from({ length: clients }, () => listen(`${service.url}/feed`, stop.signal)))
    await rateOf(agent, seconds, () => `${service.url}/consumer/submission/default/${idOf(some())}`)
    const waiting = service.memory
    agent.destroy()
    const disk = database === undefined ? Math.round(statSync(join(data, 'consumer.sqlite')).size / 1024 ** 2) : null
    return { instances, clients, memory: { idle, waiting }, disk, byId, byHash }
  } finally {
    stop.abort()
    await service.stop()
    rmSync(data, { recursive: true, force: true })
  }
}

/** Asks again and again. */
async function rateOf(agent: Agent, seconds: number, urlOf: () => string): Promise<Rate> {
  const times: number[] = []
  const end = performance.now() + seconds * 1_000
  const begun = performance.now()
  const worker = async (): Promise<void> => {
    while (performance.now() < end) {
      const asked = performance.now()
      await ask(agent, urlOf())
      times.push(performance.now() - asked)
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, worker))
  const taken = (performance.now() - begun) / 1_000
  const [median, p99] = [percentile(times, 0.5), percentile(times, 0.99)].map((time) => Math.round(time * 10) / 10)
  return { perSecond: Math.round(times.length / taken), median: median ?? 0, p99: p99 ?? 0 }
}

function ask(agent: Agent, url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url}: status ${response.statusCode}`))
      response.resume().on('end', resolve).on('error', reject)
    }).on('error', reject)
  })
}

/** Listens until the signal fires; resolves when it is heard. */
function listen(url: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { signal, agent: false }, (response) => {
      response.on('error', () => undefined).resume()
      if (response.statusCode === 200) resolve()
      else reject(new Error(`${url}: status ${response.statusCode}`))
    }).on('error', (error) => (signal.aborted ? resolve() : reject(error)))
  })
}
