import type { Cast, CastLine } from './cast.ts'

const CELL = { width: 7.8, height: 17 }
const MARGIN = 14
/** Seconds for which the end stands still. */
const REST = 6

/** Colours by the number in an escape sequence. */
const COLORS: Record<string, string> = {
  ...{ '31': '#f47067', '32': '#57ab5a', '33': '#c69026', '34': '#539bf5' },
  ...{ '35': '#b083f0', '36': '#39c5cf', '90': '#768390' },
}

/** A picture that plays a cast in a loop, as a terminal that scrolls: SVG and CSS alone, which a README can show. */
export function castSvg({ columns, rows, lines }: Cast): string {
  const width = Math.ceil(columns * CELL.width + 2 * MARGIN)
  const height = rows * CELL.height + 2 * MARGIN
  const end = (lines.at(-1)?.at ?? 0) + REST
  const percent = (at: number) => `${((100 * at) / end).toFixed(2)}%`
  const scroll = frames(lines.map(({ at }, index) => [percent(at), -Math.max(index + 1 - rows, 0)]))
  // What has not come yet is below the window, or behind a curtain that is drawn down line by line.
  const curtain = frames(lines.slice(0, rows).map(({ at }, index) => [percent(at), index + 1]))
  const text = lines.map((line, index) => svgLine(line, MARGIN + (index + 0.75) * CELL.height))
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" role="img">
<title>The first minute of a market, as npm start tells it</title>
<style>
text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#adbac7;white-space:pre}
.scroll,.curtain{animation:${end.toFixed(2)}s step-end infinite}
.scroll{animation-name:scroll}.curtain{animation-name:curtain}
@keyframes scroll{${scroll}}
@keyframes curtain{${curtain}}
@media (prefers-reduced-motion:reduce){.scroll,.curtain{animation-play-state:paused;animation-delay:-${(end - 1).toFixed(2)}s}}
</style>
<rect width="${width}" height="${height}" rx="8" fill="#22272e"/>
<clipPath id="window"><rect y="${MARGIN}" width="${width}" height="${rows * CELL.height}"/></clipPath>
<g clip-path="url(#window)">
<g class="scroll">
${text.join('\n')}
</g>
<rect class="curtain" y="${MARGIN}" width="${width}" height="${rows * CELL.height}" fill="#22272e"/>
</g>
</svg>
`
}

/** Steps of an animation, of which the last at a time counts: how many lines further down. */
function frames(steps: readonly [percent: string, lines: number][]): string {
  const last = new Map<string, number>([['0.00%', 0], ...steps])
  return [...last].map(([at, lines]) => `${at}{transform:translateY(${lines * CELL.height}px)}`).join('')
}

function svgLine({ text }: CastLine, y: number): string {
  return `<text x="${MARGIN}" y="${y.toFixed(1)}">${spans(text)}</text>`
}

/** A line's text in spans of one colour each. */
function spans(text: string): string {
  let [color, isBold, isDim] = ['', false, false]
  return text
    .replaceAll('\u001b', '␛')
    .split(/(␛\[[\d;]*m)/)
    .map((part) => {
      const codes = /^␛\[([\d;]*)m$/.exec(part)?.[1]?.split(';')
      if (!codes) return part === '' ? '' : span(part, { color, isBold, isDim })
      for (const code of codes) {
        if (code === '0' || code === '') [color, isBold, isDim] = ['', false, false]
        else if (code === '1') isBold = true
        else if (code === '2') isDim = true
        else if (code === '22') [isBold, isDim] = [false, false]
        else if (code === '39') color = ''
        else color = COLORS[code] ?? color
      }
      return ''
    })
    .join('')
}

function span(text: string, { color, isBold, isDim }: { color: string; isBold: boolean; isDim: boolean }): string {
  const safe = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  const style = [color && `fill="${color}"`, isBold && 'font-weight="bold"', isDim && 'opacity="0.6"'].filter(Boolean)
  return style.length === 0 ? safe : `<tspan ${style.join(' ')}>${safe}</tspan>`
}
