import { writeFile } from 'node:fs/promises'
import { drawArtifact } from './score/generated-market.ts'
import { type Judged, type Measures, measure } from './score/measures.ts'
import { methodsAfter } from './score/methods.ts'
import { reliabilityPlot } from './score/reliability-plot.ts'
import { seededRandom } from './score/seeded-random.ts'
import { scoreSettings } from './score/settings.ts'

const SETTLED = 500
const JUDGED = 10_000
const SEEDS = [1, 2, 3, 4, 5]

interface SettingResult {
  name: string
  methods: Record<string, Measures>
}

/**
 * How good the score is, on generated markets in which the true probability is known: a record is made of 500 settled artifacts,
 * then 10,000 others are judged without learning from them, for each seed. `--json` prints one JSON document, `--seeds 1,2,10-20`
 * draws other markets, `--settled 100` teaches with more or fewer artifacts, `--judged 2000` judges fewer, `--svg FILE` writes a reliability plot.
 */
export async function scoreBenchmark(args: string[]): Promise<void> {
  const argumentOf = (flag: string): string | undefined =>
    args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined
  const seeds = argumentOf('--seeds')?.split(',').flatMap(seedsIn) ?? SEEDS
  const settled = Number(argumentOf('--settled') ?? SETTLED)
  const judged = Number(argumentOf('--judged') ?? JUDGED)
  if (
    seeds.length === 0 ||
    seeds.some((seed) => !Number.isInteger(seed)) ||
    ![settled, judged].every((count) => Number.isInteger(count) && count >= 0)
  ) {
    throw new Error('--seeds takes whole numbers and ranges such as 1,2,10-20, --settled and --judged a whole number')
  }
  const pairs = new Map<string, Map<string, Judged[]>>()
  for (const seed of seeds) {
    for (const market of scoreSettings(seededRandom(seed))) {
      const random = seededRandom(seed * 7919 + market.name.length)
      const methods = methodsAfter(
        market,
        Array.from({ length: settled }, (_, at) => drawArtifact(market, at, random)),
      )
      const ofSetting = pairs.get(market.name) ?? new Map<string, Judged[]>()
      pairs.set(market.name, ofSetting)
      for (let at = 0; at < judged; at++) {
        const artifact = drawArtifact(market, SETTLED + at, random)
        for (const [name, method] of Object.entries(methods)) {
          const said = ofSetting.get(name) ?? []
          ofSetting.set(name, said)
          said.push({ said: method(artifact), malicious: artifact.malicious, posterior: artifact.posterior })
        }
      }
    }
  }
  const settings = [...pairs].map(([name, methods]): SettingResult => {
    return { name, methods: Object.fromEntries([...methods].map(([method, said]) => [method, measure(said)])) }
  })
  const plot = argumentOf('--svg')
  if (plot !== undefined) await writeFile(plot, reliabilityPlot(settings))
  const result = { seeds, settled, judged: judged * seeds.length, settings }
  process.stdout.write(args.includes('--json') ? `${JSON.stringify(result)}\n` : textOf(settings))
}

/** `7`, or all from `10-20`. */
function seedsIn(text: string): number[] {
  const [first, last = first] = text.split('-').map(Number)
  if (first === undefined || last === undefined || !(last >= first)) return [Number.NaN]
  return Array.from({ length: last - first + 1 }, (_, at) => first + at)
}

function textOf(settings: readonly SettingResult[]): string {
  const lines = ['setting         method             Brier    (of limit)  log loss  TP at 0.1 %  TP at 1 %']
  for (const { name, methods } of settings) {
    const limit = methods.posterior?.expectedBrier ?? Number.NaN
    for (const [method, { brier, expectedBrier, logLoss, truePositives }] of Object.entries(methods)) {
      const cells = [
        name.padEnd(14),
        method.padEnd(17),
        brier.toFixed(5),
        (expectedBrier / limit).toFixed(2).padStart(12),
        logLoss.toFixed(4).padStart(8),
        truePositives.atTenthPercent.toFixed(3).padStart(11),
        truePositives.atOnePercent.toFixed(3).padStart(9),
      ]
      lines.push(cells.join('  '))
    }
  }
  return `${lines.join('\n')}\n`
}
