import { useQuery } from '@tanstack/react-query'
import { Amount } from '../../parts/amount.js'
import { Chart } from '../../parts/chart.js'
import { Empty } from '../../parts/empty.js'
import { Fetched } from '../../parts/fetched.js'
import { Panel } from '../../parts/panel.js'
import { statementQuery } from '../../queries/statement-query.js'
import { texts } from '../../texts.js'
import { earningsOf } from './earnings.js'

const { engines: said, units } = texts

/** What bounties brought an engine, less what it put on them. */
export function EarningsPanel({ address, from }: { address: string; from: number }) {
  const query = useQuery(statementQuery(address, from))
  return (
    <Panel title={said.earnings}>
      <p className="quiet-text">{said.earningsHint}</p>
      <Fetched query={query}>
        {({ movements }) => {
          const points = earningsOf(movements)
          const last = points.at(-1)
          if (!last) return <Empty>–</Empty>
          return (
            <>
              <p>
                <strong>
                  <Amount units={last.sum} signed />
                </strong>
              </p>
              <Chart
                label={said.earnings}
                columns={[texts.money.when, said.earnings]}
                labels={points.map(({ block }) => String(block))}
                values={points.map(({ sum }) => Number(sum / 10n ** 12n) / 1e6)}
                unit={units.nct}
              />
            </>
          )
        }}
      </Fetched>
    </Panel>
  )
}
