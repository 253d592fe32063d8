import { parseBaseUnits } from '@polyswarm/protocol/amount'
import { useQuery } from '@tanstack/react-query'
import { useSession } from '../../client/session.js'
import { Amount } from '../../parts/amount.js'
import { Fetched } from '../../parts/fetched.js'
import { OutsideText } from '../../parts/outside-text.js'
import { Panel } from '../../parts/panel.js'
import { accountQuery } from '../../queries/market-queries.js'
import { texts } from '../../texts.js'
import { KeyList } from './key-list.js'

/** What the key that the page uses may do. */
export function KeyPanel() {
  const query = useQuery(accountQuery(useSession().serviceKey))
  const { operator } = texts
  return (
    <Panel title={operator.key}>
      <p className="quiet-text">{operator.keyIntro}</p>
      <Fetched query={query}>
        {({ account_name: name, submissions, budget }) => (
          <dl className="facts">
            <dt>{operator.keyAccount}</dt>
            <dd>
              <OutsideText text={name} />
            </dd>
            <dt>{operator.keySubmissions}</dt>
            <dd>
              {submissions.used} / {submissions.limit ?? operator.noLimit}
            </dd>
            <dt>{operator.keyBudget}</dt>
            <dd>{budget ? <Amount units={parseBaseUnits(budget.limit)} /> : operator.noLimit}</dd>
            {budget && (
              <>
                <dt>{operator.keySpent}</dt>
                <dd>
                  <Amount units={parseBaseUnits(budget.spent)} />
                </dd>
              </>
            )}
          </dl>
        )}
      </Fetched>
      <KeyList />
    </Panel>
  )
}
