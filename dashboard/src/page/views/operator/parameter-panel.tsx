import { useQuery } from '@tanstack/react-query'
import { Amount } from '../../parts/amount.js'
import { Fetched } from '../../parts/fetched.js'
import { Panel } from '../../parts/panel.js'
import { percentText } from '../../parts/percent-text.js'
import { parametersQuery } from '../../queries/market-queries.js'
import { texts } from '../../texts.js'

/** The rules of a bounty that is posted now. */
export function ParameterPanel() {
  const query = useQuery(parametersQuery)
  const { operator } = texts
  const { parameterNames: names } = operator
  return (
    <Panel title={operator.parameters}>
      <Fetched query={query}>
        {({
          vote_ratio_numerator: numerator,
          vote_ratio_denominator: denominator,
          arbiter_lookback_range: lookback,
          ...parameters
        }) => (
          <dl className="facts">
            {Object.entries(parameters).map(([name, value]) => (
              <div key={name} className="fact">
                <dt>{names[name as keyof typeof names] ?? name}</dt>
                <dd>{typeof value === 'bigint' ? <Amount units={value} /> : operator.blocks(value)}</dd>
              </div>
            ))}
            <div className="fact">
              <dt>{names.arbiter_lookback_range}</dt>
              <dd>{operator.bounties(lookback)}</dd>
            </div>
            <div className="fact">
              <dt>{names.vote_ratio}</dt>
              <dd>{denominator > 0n && percentText(Number(numerator) / Number(denominator))}</dd>
            </div>
          </dl>
        )}
      </Fetched>
    </Panel>
  )
}
