import { parseBaseUnits } from '@polyswarm/protocol/amount'
import type { Instance } from '@polyswarm/protocol/consumer'
import { Link } from '@tanstack/react-router'
import { Amount } from '../../parts/amount.js'
import { OutsideText } from '../../parts/outside-text.js'
import { Panel } from '../../parts/panel.js'
import { texts } from '../../texts.js'

/** What the arbiters found, the family that most engines mean, what it cost, and what disputes it. */
export function VerdictPanel({ instance }: { instance: Instance }) {
  const { truth, families, cost, disputes, disputed_by: disputedBy, answered_by: answeredBy } = instance
  const { answer, bounty } = texts
  return (
    <Panel title={answer.truth}>
      <p className={truth === null ? 'quiet-text' : truth ? 'bad' : 'good'}>
        {truth === null ? answer.truthUnknown : answer.truthOf(truth ? bounty.malicious : bounty.benign)}
      </p>
      <dl className="facts">
        {families?.name != null && (
          <>
            <dt>{answer.families}</dt>
            <dd>
              <OutsideText text={families.name} />{' '}
              <small>
                {families.votes.slice(0, 8).map(({ name, votes }) => (
                  <span key={name}>
                    <OutsideText text={name} longest={60} /> ({answer.familiesBy(votes)}){' '}
                  </span>
                ))}
              </small>
            </dd>
          </>
        )}
        {(cost || answeredBy !== null) && <dt>{answer.cost}</dt>}
        {answeredBy !== null ? (
          <dd>
            <Link to="/answer/$id" params={{ id: answeredBy }}>
              {answer.free(answeredBy)}
            </Link>
          </dd>
        ) : (
          cost && (
            <dd>
              {answer.costParts.reward} <Amount units={parseBaseUnits(cost.reward)} />, {answer.costParts.fee}{' '}
              <Amount units={parseBaseUnits(cost.fee)} />, {answer.costParts.refund}{' '}
              <Amount units={parseBaseUnits(cost.refund)} />
            </dd>
          )
        )}
        {disputes && (
          <>
            <dt>{answer.disputes}</dt>
            <dd>
              <Link to="/answer/$id" params={{ id: disputes.instance }}>
                {disputes.instance}
              </Link>
              : <OutsideText text={disputes.reason} longest={1_000} />
            </dd>
          </>
        )}
        {disputedBy.length > 0 && (
          <>
            <dt>{answer.disputedBy}</dt>
            <dd>
              {disputedBy.map((id) => (
                <Link key={id} to="/answer/$id" params={{ id }}>
                  {id}{' '}
                </Link>
              ))}
            </dd>
          </>
        )}
      </dl>
    </Panel>
  )
}
