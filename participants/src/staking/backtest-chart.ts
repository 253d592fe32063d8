import { formatNct } from '@polyswarm/protocol'
import type { BacktestResult } from './backtest.js'

const WIDTH = 800
const HEIGHT = 400
const MARGIN = 60
const COLOURS = ['#1f6feb', '#d1242f', '#1a7f37', '#9a6700', '#8250df']
const NCT = 10n ** 18n

/** The balances of several strategies over the bounties, as an SVG picture. */
export function backtestChart(results: readonly BacktestResult[]): string {
  const most = results.flatMap(({ balances }) => balances).sort((a, b) => (a < b ? 1 : -1))[0] || 1n
  const steps = Math.max(2, ...results.map(({ balances }) => balances.length))
  const x = (step: number): number => MARGIN + (step / (steps - 1)) * (WIDTH - 2 * MARGIN)
  const y = (balance: bigint): number => HEIGHT - MARGIN - (Number(balance) / Number(most)) * (HEIGHT - 2 * MARGIN)
  const lines = results.map(({ balances, strategy }, index) => {
    const points = balances.map((balance, step) => `${x(step).toFixed(1)},${y(balance).toFixed(1)}`).join(' ')
    const colour = COLOURS[index % COLOURS.length]
    return [
      `<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${points}"/>`,
      `<text x="${MARGIN + 10}" y="${MARGIN + 16 * index}" fill="${colour}">${strategy}: ${whole(balances.at(-1) ?? 0n)} NCT</text>`,
    ].join('\n')
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<title>Balance by strategy</title>
<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>
<path d="M${MARGIN} ${MARGIN}V${HEIGHT - MARGIN}H${WIDTH - MARGIN}" fill="none" stroke="black"/>
<text x="${MARGIN - 6}" y="${MARGIN + 4}" text-anchor="end">${whole(most)}</text>
<text x="${MARGIN - 6}" y="${HEIGHT - MARGIN + 4}" text-anchor="end">0</text>
<text x="${WIDTH / 2}" y="${HEIGHT - MARGIN / 2}" text-anchor="middle">bounties (${steps - 1})</text>
${lines.join('\n')}
</svg>
`
}

function whole(amount: bigint): string {
  return formatNct((amount / (NCT / 100n)) * (NCT / 100n))
}
