import { INSTANCE_STATES, type Instance } from '@polyswarm/protocol/consumer'
import { visibleText } from '@polyswarm/protocol/visible-text'
import { Link } from '@tanstack/react-router'
import { Panel } from '../../parts/panel.js'
import { PhaseBadge } from '../../parts/phase-badge.js'
import { texts } from '../../texts.js'

const STEPS = INSTANCE_STATES.filter((state) => state !== 'failed')

/** How far it is, step by step, and the bounty that it is judged by. */
export function AnswerProgress({ instance: { state, bounty, failed_reason: reason } }: { instance: Instance }) {
  const { answer, market } = texts
  const reached = state === 'failed' ? -1 : STEPS.indexOf(state)
  return (
    <Panel title={answer.progress}>
      <ol className="timeline" aria-live="polite">
        {STEPS.map((step, index) => (
          <li
            key={step}
            data-state={index < reached || state === 'settled' ? 'over' : index === reached ? 'now' : 'ahead'}
            {...(index === reached && { 'aria-current': 'step' as const })}
          >
            <strong>{answer.states[step]}</strong>
          </li>
        ))}
      </ol>
      {state === 'failed' && <p className="bad">{answer.states.failed}</p>}
      {reason !== null && <p className="warn">{visibleText(reason.slice(0, 1_000))}</p>}
      {bounty && (
        <p>
          {answer.bounty}:{' '}
          <Link to="/bounty/$guid" params={{ guid: bounty.guid }}>
            <code>{visibleText(bounty.guid.slice(0, 8))}</code>
          </Link>{' '}
          {bounty.phase && <PhaseBadge phase={bounty.phase} />}{' '}
          {bounty.expiration !== null && bounty.phase === 'assertion' && (
            <small>{market.blocksLeft(Math.max(bounty.expiration - bounty.block, 0))}</small>
          )}
        </p>
      )}
    </Panel>
  )
}
