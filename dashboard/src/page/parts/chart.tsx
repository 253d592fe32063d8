import { useEffect, useRef } from 'react'
import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'

/** Height of a picture in pixels. */
const HEIGHT = 180

/** Characters of a label that fits below its place. */
const LONGEST_LABEL = 6

/** What a picture shows, which is also told as a table to those who do not see it. */
interface ChartProps {
  label: string
  /** What the labels and the values are. */
  columns: readonly [string, string]
  labels: readonly string[]
  values: readonly number[]
  unit: string
  /** Ends of the axis of values; what fits them without it. */
  range?: readonly [number, number]
}

/** Values in their order as a line, with a table of the same. */
export function Chart({ label, columns, labels, values, unit, range }: ChartProps) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const box = place.current
    if (!box) return
    const colour = (name: string) => () => getComputedStyle(box).getPropertyValue(name)
    const axis = { stroke: colour('color'), grid: { stroke: colour('border-top-color'), width: 1 } }
    const isShort = labels.every((text) => text.length <= LONGEST_LABEL)
    const width = () => Math.max(box.clientWidth, 200)
    const plot = new UPlot(
      {
        width: width(),
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: false }, y: range ? { range: [...range] as [number, number] } : {} },
        axes: [
          {
            ...axis,
            incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500],
            values: (_plot, places) => places.map((place) => (isShort ? (labels[place - 1] ?? '') : String(place))),
          },
          { ...axis, size: 70, values: (_plot, ticks) => ticks.map((tick) => `${tick} ${unit}`) },
        ],
        series: [{}, { stroke: colour('outline-color'), width: 2, points: { show: true, size: 6 } }],
      },
      [values.map((_, index) => index + 1), [...values]],
      box,
    )
    const resize = new ResizeObserver(() => plot.setSize({ width: width(), height: HEIGHT }))
    resize.observe(box)
    const endWatch = watchColours(() => plot.redraw())
    return () => {
      endWatch()
      resize.disconnect()
      plot.destroy()
    }
  }, [labels, values, unit, range])
  return (
    <>
      <div ref={place} className="chart" role="img" aria-label={label} />
      <details>
        <summary>{label}</summary>
        <table>
          <thead>
            <tr>
              {columns.map((name) => (
                <th scope="col" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {values.map((value, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the place is what a row stands for.
              <tr key={index}>
                <th scope="row">{labels[index]}</th>
                <td>
                  {value.toFixed(2)} {unit}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  )
}

/** Calls back when the page is shown in other colours; returns what ends that. */
function watchColours(hear: () => void): () => void {
  const media = matchMedia('(prefers-color-scheme: dark)')
  const theme = new MutationObserver(hear)
  media.addEventListener('change', hear)
  theme.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  return () => {
    media.removeEventListener('change', hear)
    theme.disconnect()
  }
}
