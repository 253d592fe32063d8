import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { AccountName } from '../../parts/account-name.js'
import { Empty } from '../../parts/empty.js'
import { Fetched } from '../../parts/fetched.js'
import { Heading } from '../../parts/heading.js'
import { OutsideText } from '../../parts/outside-text.js'
import { Panel } from '../../parts/panel.js'
import { percentText } from '../../parts/percent-text.js'
import { answerDetailsQuery } from '../../queries/answer-details-query.js'
import { sampleQuery } from '../../queries/sample-query.js'
import { texts } from '../../texts.js'
import { CalibrationPanels } from './calibration-panels.js'
import { companionsOf } from './companions.js'
import { EarningsPanel } from './earnings-panel.js'
import { inGroups } from './engine-groups.js'
import { accuracyOf, type EngineRecord, engineRecord } from './engine-record.js'
import type { JudgedBounty } from './engine-sample.js'
import { GroupPanel } from './group-panel.js'
import { LatestAnswers } from './latest-answers.js'
import { ResponsePanel } from './response-panel.js'
import { TypePanel } from './type-panel.js'

const { engines: said } = texts

/** Groups of answers in a picture. */
const GROUPS = 12

/** One engine. */
export function EngineView() {
  const { address } = useParams({ from: '/engines/$address' })
  const query = useQuery(sampleQuery)
  return (
    <>
      <Heading title={said.engine}>
        <p>
          <Link to="/engines">{said.title}</Link> · <AccountName address={address} />{' '}
          <code>
            <OutsideText text={address} longest={42} />
          </code>
        </p>
      </Heading>
      <Fetched query={query}>{(sample) => <Engine sample={sample} address={address} />}</Fetched>
    </>
  )
}

function Engine({ sample, address }: { sample: readonly JudgedBounty[]; address: string }) {
  const author = sample
    .flatMap(({ assertions }) => assertions)
    .find((assertion) => assertion.author.toLowerCase() === address.toLowerCase())?.author
  if (author === undefined) return <Empty>{said.unknown}</Empty>
  return <KnownEngine sample={sample} author={author} />
}

function KnownEngine({ sample, author }: { sample: readonly JudgedBounty[]; author: string }) {
  const record = engineRecord(sample, author)
  const guids = [...new Set(record.judged.map(({ guid }) => guid))].reverse()
  const details = useQuery(answerDetailsQuery(guids, author, useQueryClient()))
  const companions = companionsOf(sample, author)
  return (
    <>
      <AccuracyPanel record={record} intro={said.intro(sample.length)} />
      <GroupPanel title={said.overTime} hint={said.overTimeHint} groups={inGroups(record.judged, GROUPS)} />
      <Fetched query={details}>{(known) => <TypePanel judged={record.judged} details={known} />}</Fetched>
      <CalibrationPanels judged={record.judged} details={details.data} />
      <EarningsPanel address={author} from={Math.min(...sample.map(({ postedAt }) => postedAt))} />
      <ResponsePanel delays={record.delays} />
      <Panel title={said.companions}>
        <p className="quiet-text">{said.companionsHint}</p>
        {companions.length === 0 && <Empty>{said.alone}</Empty>}
        <ul className="asked">
          {companions.map((companion) => (
            <li key={companion.address}>
              <AccountName address={companion.address} link />
              <span>
                {percentText(companion.same / companion.together)} ({companion.same} / {companion.together})
              </span>
            </li>
          ))}
        </ul>
      </Panel>
      <LatestAnswers sample={sample} record={record} />
    </>
  )
}

function AccuracyPanel({ record, intro }: { record: EngineRecord; intro: string }) {
  const facts = [
    [said.accuracy, shareText(accuracyOf(record), record.judged.length)],
    [said.tp, record.truePositives],
    [said.fp, record.falsePositives],
    [said.tn, record.trueNegatives],
    [said.fn, record.falseNegatives],
    [said.abstained, record.abstained],
    [said.missed, record.missed],
  ] as const
  return (
    <Panel title={said.accuracy}>
      <p className="quiet-text">{intro}</p>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div className="fact" key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className="quiet-text">{said.legend}</p>
    </Panel>
  )
}

function shareText(share: number | null, of: number): string {
  return share === null ? '–' : `${percentText(share)} (${of})`
}
