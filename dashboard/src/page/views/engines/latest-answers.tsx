import { Link } from '@tanstack/react-router'
import { Panel } from '../../parts/panel.js'
import { texts } from '../../texts.js'
import type { JudgedBounty } from './engine-sample.js'

const { engines: said } = texts

/** Bounties that are shown. */
const SHOWN = 20

/** The bounties that an engine answered on last. */
export function LatestAnswers({ sample, address }: { sample: readonly JudgedBounty[]; address: string }) {
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
            {!isRevealed && <span className="bad">{said.never}</span>}
          </li>
        ))}
      </ul>
    </Panel>
  )
}
