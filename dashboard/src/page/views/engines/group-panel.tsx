import { Chart } from '../../parts/chart.js'
import { Empty } from '../../parts/empty.js'
import { Panel } from '../../parts/panel.js'
import { texts } from '../../texts.js'
import type { AnswerGroup } from './engine-groups.js'

const { engines: said } = texts

/** Right answers are shares of a hundred. */
const RANGE = [0, 100] as const

/** How many were right in each group of answers: a picture, and the same as a table. */
export function GroupPanel({
  title,
  hint,
  groups,
  empty = said.nothingJudged,
  column = said.rank,
  labelOf = (_, index) => String(index + 1),
}: {
  title: string
  hint: string
  groups: readonly AnswerGroup[]
  /** What is said where there are none. */
  empty?: string
  /** What the labels are. */
  column?: string
  labelOf?: (group: AnswerGroup, index: number) => string
}) {
  return (
    <Panel title={title}>
      <p className="quiet-text">{hint}</p>
      {groups.length === 0 ? (
        <Empty>{empty}</Empty>
      ) : (
        <Chart
          label={title}
          columns={[column, said.accuracy]}
          labels={groups.map(labelOf)}
          values={groups.map(({ right, answers }) => (100 * right) / answers.length)}
          unit="%"
          range={RANGE}
        />
      )}
    </Panel>
  )
}
