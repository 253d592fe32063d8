import { once } from 'node:events'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Worker } from 'node:worker_threads'
import {
  ArtifactSource,
  CommandBackend,
  eicarBackend,
  entropyBackend,
  Microengine,
  PolyswarmdClient,
  parseGatewayUrl,
  YaraBackend,
} from '@polyswarm/participants'
import { newGuid } from '@polyswarm/protocol'
import { importer } from 'ipfs-unixfs-importer'
import type { CID } from 'multiformats/cid'
import { HOSTILE_FILES } from './loop/hostile-corpus.ts'

interface Held {
  file: string
  outcome: string
  /** Seconds from the request for the artifact to its finding. */
  seconds: number
  /** Milliseconds for which the event loop was held, at most. */
  held: number
}

const LARGEST = 64 * 1024 * 1024
const ROUNDS = 5
/** Milliseconds that are no accident. */
const HOPELESS = 2_000

/**
 * For how long an engine with the backends that need no other program holds its event loop while it fetches, checks and
 * judges files that are meant to hold it up, the best of five rounds. `--json` prints one JSON document.
 */
export async function loopBenchmark(args: string[]): Promise<void> {
  const backends = [
    eicarBackend(),
    entropyBackend(),
    new YaraBackend(),
    new CommandBackend({ command: ['wc', '-c'], answer: /^never$/ }),
  ]
  const engine = new Microengine({ name: 'bench', backends, scanTimeLimit: 300_000 })
  await engine.setup()
  const server = new Worker(new URL('./loop/artifact-server.ts', import.meta.url))
  const results: Held[] = []
  try {
    // What is compiled and started the first time is not what is measured.
    await scanOne(engine, server, 'a text', Buffer.alloc(1024 * 1024, 'text '))
    for (const { name, make } of HOSTILE_FILES) {
      const result = await bestOf(() => scanOne(engine, server, name, make()))
      results.push(result)
      if (!args.includes('--json')) process.stdout.write(`${lineOf(result)}\n`)
    }
  } finally {
    await engine.teardown()
    await server.terminate()
  }
  const most = Math.max(...results.map(({ held }) => held))
  if (args.includes('--json')) process.stdout.write(`${JSON.stringify({ most, files: results })}\n`)
  else process.stdout.write(`the loop was held for at most ${most.toFixed(0)} ms\n`)
}

/** What else runs on the machine can only add to the time that the loop is held. */
async function bestOf(measure: () => Promise<Held>): Promise<Held> {
  let best = await measure()
  for (let round = 1; round < ROUNDS && best.held < HOPELESS; round++) {
    const next = await measure()
    if (next.held < best.held) best = next
  }
  return best
}

async function scanOne(engine: Microengine, server: Worker, file: string, content: Buffer): Promise<Held> {
  const uri = await addressOf(content)
  server.postMessage({ address: uri, content })
  const [port] = (await once(server, 'message')) as [number]
  const url = parseGatewayUrl(`http://127.0.0.1:${port}`)
  const client = new PolyswarmdClient({ url, account: `0x${'1'.repeat(40)}`, chain: 'home' })
  const signal = AbortSignal.timeout(600_000)
  // What was done to make the file is over by then.
  await new Promise((resolve) => setTimeout(resolve, 50))
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const start = performance.now()
  const source = await ArtifactSource.open(client, { uri, numArtifacts: 1, maxBytes: LARGEST }, signal)
  const fetched = await source.fetch(0, signal)
  source.verify()
  const request = { guid: newGuid(), index: 0, artifactType: 'file' as const, metadata: {}, signal }
  const { outcome } = await engine.scan({ ...request, content: fetched })
  const seconds = (performance.now() - start) / 1_000
  // One more turn, so that what held the last one counts.
  await new Promise((resolve) => setTimeout(resolve, 5))
  delay.disable()
  client.close()
  return { file, outcome, seconds, held: delay.max / 1e6 }
}

async function addressOf(content: Buffer): Promise<string> {
  const nowhere = { put: async (cid: CID) => cid }
  for await (const { cid } of importer([{ content }], nowhere, { cidVersion: 0, rawLeaves: false }))
    return cid.toString()
  throw new Error('the importer named nothing')
}

function lineOf({ file, outcome, seconds, held }: Held): string {
  return `${held.toFixed(0).padStart(7)} ms held, ${seconds.toFixed(1).padStart(6)} s, ${outcome}: ${file}`
}
