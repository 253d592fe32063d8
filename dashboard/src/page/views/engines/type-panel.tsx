import { Panel } from '../../parts/panel.js'
import { percentText } from '../../parts/percent-text.js'
import { ScrollBox } from '../../parts/scroll-box.js'
import type { AnswerDetails } from '../../queries/answer-details-query.js'
import { texts } from '../../texts.js'
import { byType } from './engine-groups.js'
import { type JudgedAnswer, outcomesOf } from './engine-record.js'

const { engines: said } = texts

const COLUMNS = [said.answers, said.accuracy, said.tp, said.fp, said.tn, said.fn] as const

/** How right an engine is by type of file, on the bounties whose metadata was read. */
export function TypePanel({ judged, details }: { judged: readonly JudgedAnswer[]; details: AnswerDetails }) {
  const known = judged.filter(({ guid }) => details.has(guid))
  const typeOf = ({ guid, artifact }: JudgedAnswer) => details.get(guid)?.types[artifact] ?? texts.types.unknown
  return (
    <Panel title={said.byType}>
      <p className="quiet-text">{said.byTypeHint(details.size)}</p>
      <ScrollBox label={said.byType}>
        <table>
          <thead>
            <tr>
              <th scope="col">{said.type}</th>
              {COLUMNS.map((name) => (
                <th scope="col" className="number" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {byType(known, typeOf, said.otherTypes).map(([type, { answers, right }]) => {
              const { truePositives, falsePositives, trueNegatives, falseNegatives } = outcomesOf(answers)
              const outcomes = [truePositives, falsePositives, trueNegatives, falseNegatives]
              const cells = [answers.length, percentText(right / answers.length), ...outcomes]
              return (
                <tr key={type}>
                  <th scope="row">{type}</th>
                  {COLUMNS.map((name, column) => (
                    <td className="number" key={name}>
                      {cells[column]}
                    </td>
                  ))}
                </tr>
              )
            })}
          </tbody>
        </table>
      </ScrollBox>
    </Panel>
  )
}
