import { amountText } from '../../parts/amount-text.js'
import { Chart } from '../../parts/chart.js'
import { Empty } from '../../parts/empty.js'
import { Panel } from '../../parts/panel.js'
import { texts } from '../../texts.js'
import type { AnswerGroup } from './engine-groups.js'

const { engines: said, units } = texts

/** How many were right in each group of answers: a picture, and the same as a table. */
export function GroupPanel({
  title,
  hint,
  groups,
  withBids = false,
}: {
  title: string
  hint: string
  groups: readonly AnswerGroup[]
  withBids?: boolean
}) {
  const labels = groups.map(({ lowest, highest }, index) =>
    withBids ? `${amountText(lowest)} – ${amountText(highest)} ${units.nct}` : String(index + 1),
  )
  return (
    <Panel title={title}>
      <p className="quiet-text">{hint}</p>
      {groups.length === 0 ? (
        <Empty>–</Empty>
      ) : (
        <Chart
          label={title}
          columns={[withBids ? said.bidRange : said.rank, said.accuracy]}
          labels={labels}
          values={groups.map(({ right, answers }) => (100 * right) / answers)}
          unit="%"
          range={[0, 100]}
        />
      )}
    </Panel>
  )
}
