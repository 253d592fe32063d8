import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Attack } from './siege/attack.ts'
import { AttackerProcess } from './siege/attacker-process.ts'
import { ATTACKS } from './siege/attacks.ts'
import { type BesiegedMarket, fundPurses, startBesiegedMarket } from './siege/besieged-market.ts'
import { Ledger } from './siege/ledger.ts'
import { progressLine, type SiegeResult, siegeText } from './siege/siege-result.ts'
import { VitalSigns } from './siege/vital-signs.ts'

const STANDARD = { minutes: 120, blockTime: 1, engines: 3, every: 40 }
const MINUTE = 60_000
/** Blocks for which the market goes on after the last strike, so that what is open is settled. */
const AFTERMATH = 110

/**
 * A market under siege: a dev market in which bounties are posted all the time, and a process that attacks it by every means
 * it has, over and over. It ends with a summary, and with status 1 where an honest party lost anything, a process ended, or
 * something was done that no stranger must be able to do. It touches nothing but addresses on 127.0.0.1 and a directory of
 * its own. Arguments: `--minutes N`, `--only NAME` (several times for several attacks), `--list`, `--json`,
 * `--block-time SECONDS`, `--engines N`, `--every SECONDS`, `--keep` (the directory, with logs and journals).
 */
export async function siegeBenchmark(args: string[]): Promise<void> {
  const number = (name: string, standard: number) => {
    const at = args.indexOf(name)
    return at < 0 ? standard : Number(args[at + 1])
  }
  if (args.includes('--list')) {
    for (const { name, tries } of ATTACKS) process.stdout.write(`${name.padEnd(20)} ${tries}\n`)
    return
  }
  const only = args.flatMap((arg, index) => (arg === '--only' ? [args[index + 1] ?? ''] : []))
  const attacks = ATTACKS.filter(({ name }) => only.length === 0 || only.includes(name))
  const unknown = only.find((name) => !ATTACKS.some((attack) => attack.name === name))
  if (unknown !== undefined) throw new RangeError(`there is no attack "${unknown}"; --list says which there are`)
  const plan = {
    blockTime: number('--block-time', STANDARD.blockTime),
    engines: number('--engines', STANDARD.engines),
    every: number('--every', STANDARD.every),
  }
  const directory = await mkdtemp(join(tmpdir(), 'siege-'))
  try {
    const siege = new Siege(attacks, number('--minutes', STANDARD.minutes))
    const result = await siege.run({ directory, ...plan })
    process.stdout.write(args.includes('--json') ? `${JSON.stringify(result)}\n` : siegeText(result))
    if (result.losses.length > 0 || result.restarts.length > 0 || result.breaches.length > 0) process.exitCode = 1
  } finally {
    if (args.includes('--keep')) process.stderr.write(`kept ${directory}\n`)
    else await rm(directory, { recursive: true, force: true })
  }
}

class Siege {
  readonly #attacks: readonly Attack[]
  readonly #minutes: number
  readonly #restarts: string[] = []
  readonly #over = new AbortController()

  constructor(attacks: readonly Attack[], minutes: number) {
    this.#attacks = attacks
    this.#minutes = minutes
  }

  async run(plan: Parameters<typeof startBesiegedMarket>[0]): Promise<SiegeResult> {
    const stopping = () => this.#over.abort()
    process.once('SIGINT', stopping)
    process.once('SIGTERM', stopping)
    const restarted = (name: string, how: string) => this.#restarts.push(`${name} ${how}`)
    const besieged = await startBesiegedMarket(plan, {
      step: () => undefined,
      changed: () => undefined,
      reloaded: () => undefined,
      refused: () => undefined,
      restarted,
      failed: (error) => {
        restarted('the market', `was given up: ${error.message}`)
        this.#over.abort()
      },
    })
    try {
      return await this.#lead(besieged)
    } finally {
      await besieged.market.stop()
    }
  }

  async #lead(besieged: BesiegedMarket): Promise<SiegeResult> {
    const purses = await fundPurses(besieged, this.#attacks)
    const ledger = await Ledger.open(besieged, purses)
    const vital = new VitalSigns(new URL(besieged.besieged.polyswarmd), besieged.processes)
    besieged.market.open()
    const attacker = new AttackerProcess({
      besieged: besieged.besieged,
      attacks: this.#attacks.map(({ name }) => name),
      from: String(ledger.start + 1n),
    })
    const start = performance.now()
    try {
      for (let minute = 1; minute <= this.#minutes && !this.#over.signal.aborted; minute++) {
        const asked = vital.asked
        await this.#watch(ledger, start + minute * MINUTE)
        const progress = { minute, ledger, health: vital.healthSince(asked), memory: vital.memoryNow() }
        process.stderr.write(`${progressLine({ ...progress, attacker: attacker.latest, restarts: this.#restarts })}\n`)
        if (attacker.ended !== undefined) throw new Error(`the attacker ${attacker.ended}`)
      }
      const minutes = (performance.now() - start) / MINUTE
      await attacker.stop()
      const end = ledger.head + AFTERMATH
      while (ledger.head < end && !this.#over.signal.aborted) await this.#watch(ledger, performance.now() + 2_000)
      return await this.#result(besieged, { ledger, vital, attacker, minutes })
    } finally {
      vital.stop()
      await attacker.stop()
    }
  }

  /** Follows the chain until a time of the monotonic clock. A chain that does not answer is asked again. */
  async #watch(ledger: Ledger, until: number): Promise<void> {
    while (performance.now() < until && !this.#over.signal.aborted) {
      await ledger.update().catch(() => undefined)
      const pause = Math.min(2_000, Math.max(until - performance.now(), 0))
      await delay(pause, undefined, { signal: this.#over.signal }).catch(() => undefined)
    }
  }

  async #result(
    besieged: BesiegedMarket,
    parts: { ledger: Ledger; vital: VitalSigns; attacker: AttackerProcess; minutes: number },
  ): Promise<SiegeResult> {
    const { ledger, vital, attacker, minutes } = parts
    const given = await lostBounties(besieged.log('ambassador'))
    const money = await ledger.audit().catch((error: Error) => [`The money could not be counted: ${error.message}`])
    const { counts, processorSeconds } = attacker.latest
    const gains = ledger.gains()
    const gaining = this.#attacks.filter(({ name, mustNotGain }) => mustNotGain && Number(gains[name] ?? 0) > 0)
    const breaches = Object.entries(counts).flatMap(([name, { breaches: found }]) =>
      Object.entries(found).map(([what, times]) => `${name}: ${what} (${times})`),
    )
    return {
      minutes: Math.round(minutes * 10) / 10,
      blocks: ledger.head - Number(ledger.start),
      bounties: ledger.counts,
      losses: [...ledger.losses, ...given, ...money],
      restarts: this.#restarts,
      breaches: [...breaches, ...gaining.map(({ name }) => `${name}: it gained ${gains[name]} NCT`)],
      gains,
      attacks: counts,
      attackerCores: Math.round((processorSeconds / (minutes * 60)) * 100) / 100,
      ...vital.summary(),
    }
  }
}

/** Bounties that the ambassador has given up, by its log. */
async function lostBounties(file: string): Promise<string[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line.includes('cannot be posted'))
  return lines.map((line) => `The ambassador gave a bounty up: ${line.slice(0, 200)}`)
}
