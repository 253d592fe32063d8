import { parseNct } from '@polyswarm/protocol'
import { constantAnswers, type EconomicResult } from './economics/constant-answers.ts'
import { seededRandom } from './score/seeded-random.ts'

/** What the contract asks of an assertion unless the fee manager says otherwise, in NCT. */
const USUAL_FEE = 0.03125

interface Row extends EconomicResult {
  malicious: number
  engines: number
  /** Whether the engine that does not look loses at the usual fee. */
  losesAtUsualFee: boolean
  /** Fees between which it loses and those that look gain, in NCT; null where there are none. */
  fee: [from: number, to: number] | null
}

/**
 * What it brings to look at artifacts, and to say the same of all of them: by the share of malicious artifacts and the number
 * of engines. `--json` prints one JSON document, `--reward 0.5` plays another reward for an artifact than 2 NCT.
 */
export async function economicsBenchmark(args: string[]): Promise<void> {
  const at = args.indexOf('--reward')
  const reward = parseNct(at < 0 ? '2' : (args[at + 1] ?? ''))
  const rows: Row[] = []
  for (const malicious of [0.5, 0.3, 0.1, 0.01]) {
    for (const engines of [4, 10, 30, 100]) {
      const sure = { sensitivity: 0.95, specificity: 0.998 }
      const unsure = { sensitivity: 0.8, specificity: 0.99 }
      const setting = { malicious, looking: engines, sure, unsure, reward, artifacts: 2_000 }
      const result = constantAnswers(setting, seededRandom(engines))
      const { constant, looking } = result
      const isSeparable = looking > Math.max(0, constant)
      rows.push({
        ...{ malicious, engines, ...result },
        losesAtUsualFee: constant < USUAL_FEE,
        fee: isSeparable ? [Math.max(0, constant), looking] : null,
      })
    }
  }
  process.stdout.write(args.includes('--json') ? `${JSON.stringify(rows)}\n` : textOf(rows))
}

function textOf(rows: readonly Row[]): string {
  const lines = ['malicious  engines  looking  constant  which says        bids    loses at 0.03  fee from  to']
  for (const { malicious, engines, looking, constant, constantSays, constantBids, losesAtUsualFee, fee } of rows) {
    const cells = [
      `${malicious * 100} %`.padStart(9),
      String(engines).padStart(7),
      looking.toFixed(3).padStart(7),
      constant.toFixed(3).padStart(8),
      constantSays.padEnd(16),
      String(constantBids).padEnd(6),
      String(losesAtUsualFee).padEnd(13),
      (fee?.[0].toFixed(3) ?? 'none').padStart(8),
      fee?.[1].toFixed(3) ?? '',
    ]
    lines.push(cells.join('  ').trimEnd())
  }
  return `${lines.join('\n')}\n`
}
