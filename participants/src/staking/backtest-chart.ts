import { formatNct } from '@polyswarm/protocol'
import type { BacktestResult } from './backtest.js'

const WIDTH = 800
const HEIGHT = 400
const MARGIN = 60
const COLOURS = ['#1f6feb', '#d1242f', '#1a7f37', '#9a6700', '#8250df']
const NCT = 10n ** 18n

/** A band leaves out the worst and the best tenth of the markets. */
const BAND = [0.1, 0.5, 0.9] as const

/** Where the balances of one strategy lie after each bounty, in base units. */
interface Course {
  strategy: string
  low: bigint[]
  median: bigint[]
  high: bigint[]
}

/**
 * The balances of several strategies over the bounties, as an SVG picture: of each the median of all markets as a line, and
 * the middle 80 percent as a band.
 *
 * @param runs for each market, what came of each strategy.
 */
export function backtestChart(runs: readonly (readonly BacktestResult[])[]): string {
  const strategies = (runs[0] ?? []).map((_, index) => courseOf(runs.flatMap((run) => run[index] ?? [])))
  const most = strategies.flatMap(({ high }) => high).reduce((a, b) => (a > b ? a : b), 1n)
  const steps = Math.max(2, ...strategies.map(({ median }) => median.length))
  const x = (step: number): number => MARGIN + (step / (steps - 1)) * (WIDTH - 2 * MARGIN)
  const y = (balance: bigint): number => HEIGHT - MARGIN - (Number(balance) / Number(most)) * (HEIGHT - 2 * MARGIN)
  const point = (balance: bigint, step: number): string => `${x(step).toFixed(1)},${y(balance).toFixed(1)}`
  const shapes = strategies.map(({ strategy, low, median, high }, index) => {
    const colour = COLOURS[index % COLOURS.length]
    const edge = [...high.map(point), ...low.map(point).reverse()].join(' ')
    const name = `${strategy}: ${whole(median.at(-1) ?? 0n)} NCT`
    return [
      ...(runs.length > 1 ? [`<polygon fill="${colour}" fill-opacity="0.12" points="${edge}"/>`] : []),
      `<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${median.map(point).join(' ')}"/>`,
      `<text x="${MARGIN + 10}" y="${MARGIN + 16 * (index + 1)}" fill="${colour}">${name}</text>`,
    ].join('\n')
  })
  const what = runs.length > 1 ? `median and middle 80 % of ${runs.length} markets` : 'one market'
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<title>Balance by strategy: ${what}</title>
<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>
<text x="${WIDTH / 2}" y="${MARGIN / 2}" text-anchor="middle" font-size="15">Balance by strategy: ${what}</text>
<path d="M${MARGIN} ${MARGIN}V${HEIGHT - MARGIN}H${WIDTH - MARGIN}" fill="none" stroke="black"/>
<text x="${MARGIN - 6}" y="${MARGIN - 8}" text-anchor="end">NCT</text>
<text x="${MARGIN - 6}" y="${MARGIN + 4}" text-anchor="end">${whole(most)}</text>
<text x="${MARGIN - 6}" y="${HEIGHT - MARGIN + 4}" text-anchor="end">0</text>
<text x="${WIDTH / 2}" y="${HEIGHT - MARGIN / 2}" text-anchor="middle">bounties (${steps - 1})</text>
${shapes.join('\n')}
</svg>
`
}

function courseOf(results: readonly BacktestResult[]): Course {
  const steps = Math.max(0, ...results.map(({ balances }) => balances.length))
  const quantiles = Array.from({ length: steps }, (_, step) => {
    const sorted = results.flatMap(({ balances }) => balances[step] ?? []).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    return BAND.map((share) => sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? 0n)
  })
  const [low = [], median = [], high = []] = BAND.map((_, place) => quantiles.map((all) => all[place] ?? 0n))
  return { strategy: results[0]?.strategy ?? '', low, median, high }
}

function whole(amount: bigint): string {
  return formatNct((amount / (NCT / 100n)) * (NCT / 100n))
}
