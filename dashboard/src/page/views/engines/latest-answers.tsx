import { Link } from '@tanstack/react-router'
import { Panel } from '../../parts/panel.js'
import { texts } from '../../texts.js'
import type { EngineRecord, JudgedAnswer } from './engine-record.js'
import type { JudgedBounty } from './engine-sample.js'

const { engines: said } = texts

/** Bounties that are shown. */
const SHOWN = 20

/** The bounties that an engine answered on last, and how right it was. */
export function LatestAnswers({ sample, record }: { sample: readonly JudgedBounty[]; record: EngineRecord }) {
  const { address, judged } = record
  const judgedOn = Map.groupBy(judged, ({ guid }) => guid)
  const own = sample.flatMap(({ guid, type, numArtifacts, assertions }) => {
    const assertion = assertions.find(({ author }) => author === address)
    return assertion ? [{ guid, type, numArtifacts, isRevealed: assertion.verdicts !== null }] : []
  })
  return (
    <Panel title={said.recent}>
      <ul className="asked">
        {own.slice(0, SHOWN).map(({ guid, type, numArtifacts, isRevealed }) => (
          <li key={guid}>
            <Link to="/bounty/$guid" params={{ guid }} preload={false}>
              {guid.slice(0, 8)}
            </Link>
            <span>{texts.market.artifacts(numArtifacts, type)}</span>
            {isRevealed ? <Outcome judged={judgedOn.get(guid) ?? []} /> : <span className="bad">{said.never}</span>}
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function Outcome({ judged }: { judged: readonly JudgedAnswer[] }) {
  const right = judged.filter((answer) => answer.right).length
  return (
    <span>
      {right > 0 && <span className="good">{said.right(right)}</span>}{' '}
      {right < judged.length && <span className="bad">{said.wrong(judged.length - right)}</span>}
    </span>
  )
}
