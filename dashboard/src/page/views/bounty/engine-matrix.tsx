import { hasBit, type SettlementInput } from '@polyswarm/protocol'
import { memo } from 'react'
import { AccountName } from '../../parts/account-name.js'
import { ArtifactName } from '../../parts/artifact-name.js'
import { Empty } from '../../parts/empty.js'
import { Panel } from '../../parts/panel.js'
import { ScrollBox } from '../../parts/scroll-box.js'
import type { BountyRecord } from '../../queries/bounty-query.js'
import { texts } from '../../texts.js'
import { confidenceOf } from './confidence-of.js'
import { MatrixCell } from './matrix-cell.js'
import { verdictCell } from './verdict-cell.js'

/** Artifacts × engines: who said what, with how much on it, and what became of it. */
export const EngineMatrix = memo(function EngineMatrix({
  input,
  record,
  names,
  consensus,
  over,
}: {
  input: SettlementInput
  record: BountyRecord
  names: readonly string[]
  consensus: bigint | null
  over: 'nothing' | 'reveals' | 'everything'
}) {
  const { bounty: said } = texts
  const { artifact_type: type } = record.bounty
  const artifacts = Array.from({ length: input.numArtifacts }, (_, index) => index)
  if (input.assertions.length === 0) {
    return (
      <Panel title={said.matrix}>
        <Empty>{said.noAnswers}</Empty>
      </Panel>
    )
  }
  return (
    <Panel title={said.matrix}>
      <p className="quiet-text">{said.matrixIntro}</p>
      <ScrollBox label={said.matrix}>
        <table className="matrix">
          <thead>
            <tr>
              <th scope="col">{said.artifact}</th>
              <th scope="col">{said.truth}</th>
              {input.assertions.map(({ author }) => (
                <th scope="col" key={author}>
                  <AccountName address={author} link />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {artifacts.map((artifact) => (
              <tr key={artifact}>
                <th scope="row">
                  {artifact + 1}. <ArtifactName name={names[artifact] ?? ''} type={type} />
                </th>
                <td>
                  {consensus === null ? said.noTruth : hasBit(consensus, artifact) ? said.malicious : said.benign}
                </td>
                {input.assertions.map((assertion, index) => (
                  <td key={assertion.author}>
                    <MatrixCell
                      cell={verdictCell(assertion, artifact, consensus, over)}
                      confidence={confidenceOf(record.assertions[index]?.metadata, artifact)}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      <p className="quiet-text">{said.names}</p>
    </Panel>
  )
})
