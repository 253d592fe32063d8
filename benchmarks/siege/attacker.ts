import { once } from 'node:events'
import { Arena } from './arena.ts'
import type { Attack } from './attack.ts'
import { ATTACKS } from './attacks.ts'
import type { Besieged } from './besieged.ts'
import { BountyLog, lastBlockOf } from './bounty-log.ts'
import { failureText } from './raw-request.ts'
import { type AttackCount, Tally } from './tally.ts'

/**
 * A process that does nothing but attack. It is told what to attack and with what, tells what it met every few seconds, and
 * ends when it is told to stop, or when whoever started it is gone.
 */
export interface AttackOrder {
  besieged: Besieged
  attacks: string[]
  /** First block to read. */
  from: string
}

/** What the process tells: by attack, what was met; and the processor time that it has used, in seconds. */
export interface AttackReport {
  counts: Record<string, AttackCount>
  processorSeconds: number
}

const REPORT_EVERY = 5_000
/** Blocks after the end of a bounty for which an attack may still want to know of it. */
const REMEMBERED = 30
/** Between the first strikes of two attacks, in milliseconds. */
const STAGGER = 700

const [order] = (await once(process, 'message')) as [AttackOrder]
const stop = new AbortController()
process.once('message', () => stop.abort())
process.once('disconnect', () => process.exit())

const log = new BountyLog(order.besieged, BigInt(order.from))
const chosen = ATTACKS.filter(({ name }) => order.attacks.includes(name))
const tallies = new Map(chosen.map(({ name }) => [name, new Tally()]))
const ticker = setInterval(report, REPORT_EVERY)
await Promise.all([follow(), ...chosen.map(repeat)])
clearInterval(ticker)
report()
process.exit()

function report(): void {
  const counts = Object.fromEntries([...tallies].map(([name, { count }]) => [name, count]))
  const { user, system } = process.cpuUsage()
  process.send?.({ counts, processorSeconds: (user + system) / 1e6 } satisfies AttackReport)
}

async function follow(): Promise<void> {
  const watch = new Arena('watch', { besieged: order.besieged, log, signal: stop.signal })
  while (!stop.signal.aborted) {
    await log.update().catch(() => undefined)
    for (const [guid, bounty] of log.bounties) {
      if (lastBlockOf(bounty) + REMEMBERED < log.head) log.bounties.delete(guid)
    }
    await watch.rest(500).catch(() => undefined)
  }
}

async function repeat(attack: Attack, index: number): Promise<void> {
  const tally = tallies.get(attack.name) as Tally
  const arena = new Arena(attack.name, { besieged: order.besieged, log, signal: stop.signal })
  await arena.rest(index * STAGGER).catch(() => undefined)
  while (!stop.signal.aborted) {
    try {
      await attack.strike(arena, tally)
    } catch (error) {
      if (stop.signal.aborted) return
      tally.met(`strike failed: ${failureText(error)}`)
    }
    await arena.rest(attack.pause).catch(() => undefined)
  }
}
