import type { Measures } from './measures.ts'

const SIDE = 150
const GAP = 46
const COLUMNS = 4
const COLOURS = ['#888888', '#c98b2b', '#1f6f8b']

/** What was said against what was true, one square for each setting, one line for each method; a bin of fewer than 30 is left out. */
export function reliabilityPlot(settings: readonly { name: string; methods: Record<string, Measures> }[]): string {
  const names = ['votes', 'bids', 'polyscore']
  const rows = Math.ceil(settings.length / COLUMNS)
  const [width, height] = [COLUMNS * (SIDE + GAP) + GAP, rows * (SIDE + GAP) + GAP + 24]
  const squares = settings.map(({ name, methods }, index) => {
    const left = GAP + (index % COLUMNS) * (SIDE + GAP)
    const top = GAP + Math.floor(index / COLUMNS) * (SIDE + GAP)
    const x = (share: number): string => (left + share * SIDE).toFixed(1)
    const y = (share: number): string => (top + (1 - share) * SIDE).toFixed(1)
    const lines = names.map((method, place) => {
      const bins = (methods[method]?.reliability ?? []).filter(({ count }) => count >= 30)
      const points = bins.map(({ said, malicious }) => `${x(said)},${y(malicious)}`).join(' ')
      const dots = bins.map(({ said, malicious }) => `<circle cx="${x(said)}" cy="${y(malicious)}" r="2.5"/>`).join('')
      return `<g stroke="${COLOURS[place]}" fill="${COLOURS[place]}"><polyline points="${points}" fill="none" stroke-width="1.5"/>${dots}</g>`
    })
    return [
      `<rect x="${left}" y="${top}" width="${SIDE}" height="${SIDE}" fill="none" stroke="#bbbbbb"/>`,
      `<line x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}" stroke="#bbbbbb" stroke-dasharray="3 3"/>`,
      `<text x="${left}" y="${top - 6}">${name}</text>`,
      ...lines,
    ].join('\n')
  })
  const legend = names.map((name, place) => `<tspan fill="${COLOURS[place]}" dx="12">${name}</tspan>`).join('')
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">`,
    '<title>How reliable scores are: what was said against what was so, by setting and method</title>',
    '<rect width="100%" height="100%" fill="white"/>',
    `<text x="${GAP}" y="20">said (across) against the share that was malicious (up):${legend}</text>`,
    ...squares,
    '</svg>',
    '',
  ].join('\n')
}
