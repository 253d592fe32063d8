import { loadavg } from 'node:os'
import { join } from 'node:path'
import { measureTransfer, type TransferRow } from './gateway/artifact-transfer.ts'
import { ChainLoad } from './gateway/chain-load.ts'
import { type ColdSyncResult, measureColdSync } from './gateway/cold-sync.ts'
import { DaemonProcess } from './gateway/daemon-process.ts'
import { type DeliveryRow, measureDelivery } from './gateway/event-delivery.ts'
import { measureSieges, type SiegeRow } from './gateway/siege.ts'

/** What `npm run bench -- gateway --json` prints. */
interface GatewayResult {
  /** Load of the machine before the first measurement, 1 minute: everything else that ran on it. */
  load: number
  /** Resident memory of the daemon that has just started, in MiB. */
  memoryIdle: number
  delivery: DeliveryRow[]
  transfer: TransferRow[]
  coldSync: ColdSyncResult
  sieges: SiegeRow[]
}

const SUBSCRIBERS = [1, 100, 1_000]
const COLD_BLOCKS = 500

/**
 * What polyswarmd does under load, as a process of its own in front of anvil: delivery of events, transfer of artifacts,
 * reading a chain from its beginning, and strangers who read nothing or send what is hard to read. Subscribers are in a second process. `--cold-sync` and `--sieges` do one part alone.
 */
export async function gatewayBenchmark(args: string[]): Promise<void> {
  const [load1m = 0] = loadavg()
  const load = await ChainLoad.start()
  try {
    if (args.includes('--cold-sync')) {
      process.stdout.write(`${JSON.stringify({ load: load1m, coldSync: await measureColdSync(load, COLD_BLOCKS) })}\n`)
      return
    }
    if (args.includes('--sieges')) {
      process.stdout.write(`${JSON.stringify({ load: load1m, sieges: await measureSieges(load) })}\n`)
      return
    }
    const result: GatewayResult = {
      load: load1m,
      ...(await servedBy(load)),
      coldSync: await measureColdSync(load, COLD_BLOCKS),
      sieges: await measureSieges(load),
    }
    process.stdout.write(args.includes('--json') ? `${JSON.stringify(result)}\n` : textOf(result))
  } finally {
    await load.stop()
  }
}

async function servedBy(load: ChainLoad): Promise<Omit<GatewayResult, 'load' | 'coldSync' | 'sieges'>> {
  const daemon = await DaemonProcess.start(['--side', load.deployment, '--data', join(load.directory, 'data')])
  try {
    const memoryIdle = daemon.residentMemory()
    const delivery: DeliveryRow[] = []
    for (const subscribers of SUBSCRIBERS) delivery.push(await measureDelivery(load, daemon, subscribers))
    return { memoryIdle, delivery, transfer: await measureTransfer(daemon, load.directory) }
  } finally {
    await daemon.stop()
  }
}

function textOf({ load, memoryIdle, delivery, transfer, coldSync, sieges }: GatewayResult): string {
  const number = (value: number | null) => (value === null ? 'no nginx' : value.toFixed(value < 10 ? 2 : 0))
  const lines = [
    `load ${number(load)}, memory idle ${memoryIdle} MiB`,
    ...delivery.map(
      (row) =>
        `${row.subscribers} subscribers: delay p50 ${number(row.p50)} ms, p99 ${number(row.p99)} ms, max ${number(row.max)} ms, ` +
        `${number(row.processor)} cores; burst ${row.eventsPerSecond} events/s, ${row.messagesPerSecond} messages/s; ${row.memory} MiB`,
    ),
    ...transfer.map(
      (row) =>
        `${row.artifact}: download ${number(row.download)} MB/s (${number(row.downloadRatio)} of nginx), ` +
        `upload ${number(row.upload)} MB/s (${number(row.uploadRatio)} of nginx)`,
    ),
    `cold sync: ${coldSync.daemon} events/s, bare eth_getLogs ${coldSync.bare} events/s, ratio ${number(coldSync.ratio)}`,
    ...sieges.map(
      (row) =>
        `${row.siege}: ${row.memory} MiB, /health p50 ${number(row.p50)} ms, p99 ${number(row.p99)} ms, ` +
        `max ${number(row.max)} ms, ${row.alive ? 'alive' : 'ended'} afterwards`,
    ),
  ]
  return `${lines.join('\n')}\n`
}
