import { amountText } from '../../parts/amount-text.js'
import { percentText } from '../../parts/percent-text.js'
import type { AnswerDetails } from '../../queries/answer-details-query.js'
import { texts } from '../../texts.js'
import { byBid, byConfidence } from './engine-groups.js'
import type { JudgedAnswer } from './engine-record.js'
import { GroupPanel } from './group-panel.js'

const { engines: said, units } = texts

/** Groups of answers in a picture. */
const GROUPS = 5

/** Whether an engine is right more often where it says that it is surer, and where it bids more. */
export function CalibrationPanels({
  judged,
  details,
}: {
  judged: readonly JudgedAnswer[]
  /** What was said besides the verdicts; undefined until it is here. */
  details: AnswerDetails | undefined
}) {
  const confidenceOf = ({ guid, artifact }: JudgedAnswer) => details?.get(guid)?.confidences[artifact] ?? null
  return (
    <>
      {details && (
        <GroupPanel
          title={said.calibration}
          hint={said.calibrationHint}
          empty={said.noConfidence}
          groups={byConfidence(judged, GROUPS, confidenceOf)}
          column={said.confidence}
          labelOf={({ answers }) => rangeText(answers.map((answer) => confidenceOf(answer) ?? 0).map(percentText))}
        />
      )}
      <GroupPanel
        title={said.byBid}
        hint={said.byBidHint}
        groups={byBid(judged, GROUPS)}
        column={said.bidRange}
        labelOf={({ answers }) => `${rangeText(answers.map(({ bid }) => amountText(bid)))} ${units.nct}`}
      />
    </>
  )
}

/** From the first to the last of what is in order. */
function rangeText(values: readonly string[]): string {
  const [first, last] = [values[0] ?? '', values.at(-1) ?? '']
  return first === last ? first : `${first} – ${last}`
}
