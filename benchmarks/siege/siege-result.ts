import type { AttackReport } from './attacker.ts'
import type { BountyCounts, Ledger } from './ledger.ts'
import type { AttackCount } from './tally.ts'
import type { VitalSummary } from './vital-signs.ts'

/** What `npm run bench -- siege --json` prints. */
export interface SiegeResult extends VitalSummary {
  minutes: number
  blocks: number
  bounties: BountyCounts
  /** What honest parties lost, in sentences. */
  losses: string[]
  /** Honest processes that ended. */
  restarts: string[]
  /** What was done that no stranger must be able to do. */
  breaches: string[]
  /** By attack, the NCT that its accounts gained, or lost where negative. */
  gains: Record<string, string>
  attacks: Record<string, AttackCount>
  /** Processor time of the attacker, as a part of one core. */
  attackerCores: number
}

/** One minute of a siege, in a line. */
export function progressLine({
  minute,
  ledger,
  health,
  memory,
  attacker,
  restarts,
}: {
  minute: number
  ledger: Ledger
  health: VitalSummary['health']
  memory: Record<string, number>
  attacker: AttackReport
  restarts: readonly string[]
}): string {
  const { honest, hostile, open } = ledger.counts
  const counts = Object.values(attacker.counts)
  const tried = counts.reduce((sum, count) => sum + count.tried, 0)
  const breaches = counts.flatMap((count) => Object.keys(count.breaches))
  const held = Object.entries(memory).map(([name, size]) => `${name} ${size}`)
  return (
    `minute ${minute}  ${honest} honest and ${hostile} hostile bounties over, ${open} open  ` +
    `losses ${ledger.losses.length} restarts ${restarts.length} breaches ${breaches.length}  tried ${tried}  ` +
    `/health p50 ${health.p50} p99 ${health.p99} ms  MiB ${held.join(' ')}` +
    breaches.map((breach) => `\n  ${breach}`).join('')
  )
}

/** The end of a siege, for people. */
export function siegeText(result: SiegeResult): string {
  const { minutes, blocks, bounties, health, memory, losses, restarts, breaches, attacks, gains } = result
  const lines = [
    `${minutes} minutes, ${blocks} blocks; ${bounties.honest} honest and ${bounties.hostile} hostile bounties are over, ` +
      `${bounties.open} are open; ${bounties.assertions} honest assertions; the attacker used ${result.attackerCores} of a core`,
    `/health: ${health.asked} asked, p50 ${health.p50} ms, p99 ${health.p99} ms, most ${health.max} ms; failed ${text(health.failed)}`,
    ...Object.entries(memory).map(
      ([name, { start, half, end, most }]) =>
        `memory of ${name}: ${start} MiB at the start, ${half} half way, ${end} at the end, ${most} at most`,
    ),
    ...Object.entries(attacks).map(
      ([name, { tried, met }]) => `${name}: ${tried} tried, gained ${gains[name] ?? '0'} NCT; ${text(met)}`,
    ),
    ...section('restarts', restarts),
    ...section('breaches', breaches),
    ...section('losses', losses),
  ]
  return `${lines.join('\n')}\n`
}

function section(name: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [`${name}: none`] : [`${name}: ${lines.length}`, ...lines.map((line) => `  ${line}`)]
}

function text(counts: Record<string, number>): string {
  const parts = Object.entries(counts).sort(([, a], [, b]) => b - a)
  return parts.map(([answer, times]) => `${answer} ${times}`).join(', ') || 'nothing'
}
