import { parseBaseUnits } from '@polyswarm/protocol/amount'
import type { Instance } from '@polyswarm/protocol/consumer'
import { AccountName } from '../../parts/account-name.js'
import { Amount } from '../../parts/amount.js'
import { OutsideText } from '../../parts/outside-text.js'
import { Panel } from '../../parts/panel.js'
import { ScrollBox } from '../../parts/scroll-box.js'
import { texts } from '../../texts.js'

/** Who answered what, with how much on it. */
export function AnsweringEngines({ instance: { assertions, bounty, window_closed: isOver } }: { instance: Instance }) {
  const { answer, bounty: said } = texts
  const sealed = bounty?.answered.filter(({ author }) => !assertions.some((each) => each.author === author)) ?? []
  if (assertions.length + sealed.length === 0) return null
  return (
    <Panel title={answer.engines}>
      <ScrollBox label={answer.engines}>
        <table>
          <thead>
            <tr>
              <th scope="col">{answer.engine}</th>
              <th scope="col">{answer.verdict}</th>
              <th scope="col" className="number">
                {answer.bid}
              </th>
              <th scope="col">{answer.family}</th>
            </tr>
          </thead>
          <tbody>
            {assertions.map(({ author, verdict, bid, metadata }) => (
              <tr key={author}>
                <th scope="row">
                  <AccountName address={author} link />
                </th>
                <td className={verdict === null ? 'quiet-text' : verdict ? 'bad' : 'good'}>
                  {verdict === null
                    ? isOver
                      ? answer.abstained
                      : answer.sealed
                    : verdict
                      ? said.malicious
                      : said.benign}
                </td>
                <td className="number">
                  <Amount units={parseBaseUnits(bid)} />
                </td>
                <td>
                  <OutsideText text={familyOf(metadata)} longest={80} />
                </td>
              </tr>
            ))}
            {sealed.map(({ author }) => (
              <tr key={author}>
                <th scope="row">
                  <AccountName address={author} link />
                </th>
                <td className="quiet-text">{isOver ? said.cells.never : answer.sealed}</td>
                <td />
                <td />
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </Panel>
  )
}

/** Metadata is whatever an engine likes. */
function familyOf(metadata: Record<string, unknown> | null): string {
  const family = metadata?.malware_family
  return typeof family === 'string' ? family : ''
}
