import { Chart } from '../../parts/chart.js'
import { Panel } from '../../parts/panel.js'
import { texts } from '../../texts.js'

const { engines: said } = texts

/** Delays that are told one by one; longer ones are counted together. */
const MOST = 20

/** How many blocks an engine takes to answer. */
export function ResponsePanel({ delays }: { delays: readonly number[] }) {
  const longest = Math.min(Math.max(...delays, 1), MOST)
  const labels = Array.from({ length: longest + 1 }, (_, blocks) => (blocks === MOST ? `≥ ${MOST}` : String(blocks)))
  const counts = labels.map((_, blocks) => delays.filter((delay) => Math.min(delay, MOST) === blocks).length)
  return (
    <Panel title={said.responseTime}>
      <p className="quiet-text">{said.responseHint}</p>
      <Chart label={said.responseTime} columns={[said.response, said.count]} labels={labels} values={counts} unit="" />
    </Panel>
  )
}
