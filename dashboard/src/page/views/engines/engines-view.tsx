import { useQuery } from '@tanstack/react-query'
import { AccountName } from '../../parts/account-name.js'
import { Empty } from '../../parts/empty.js'
import { Fetched } from '../../parts/fetched.js'
import { Heading } from '../../parts/heading.js'
import { percentText } from '../../parts/percent-text.js'
import { ScrollBox } from '../../parts/scroll-box.js'
import { sampleQuery } from '../../queries/sample-query.js'
import { texts } from '../../texts.js'
import { accuracyOf, engineRecords, medianOf } from './engine-record.js'

const { engines: said } = texts

const COLUMNS = [said.accuracy, said.tp, said.fp, said.tn, said.fn, said.abstained, said.missed, said.response] as const

/** The leaderboard. */
export function EnginesView() {
  const query = useQuery({ ...sampleQuery, refetchInterval: 30_000 })
  return (
    <>
      <Heading title={said.title} />
      <Fetched query={query}>
        {(sample) => (
          <>
            <p className="quiet-text">{said.intro(sample.length)}</p>
            <Leaderboard records={engineRecords(sample)} />
          </>
        )}
      </Fetched>
    </>
  )
}

function Leaderboard({ records }: { records: ReturnType<typeof engineRecords> }) {
  if (records.length === 0) return <Empty>{said.empty}</Empty>
  return (
    <>
      <ScrollBox label={said.title}>
        <table>
          <thead>
            <tr>
              <th scope="col" className="number">
                {said.rank}
              </th>
              <th scope="col">{said.engine}</th>
              <th scope="col" className="number">
                {said.answers}
              </th>
              {COLUMNS.map((name) => (
                <th scope="col" className="number" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {records.map((record, index) => {
              const accuracy = accuracyOf(record)
              const delay = medianOf(record.delays)
              const numbers = [
                accuracy === null ? '–' : percentText(accuracy),
                ...[record.truePositives, record.falsePositives, record.trueNegatives, record.falseNegatives],
                ...[record.abstained, record.missed],
                delay === null ? '–' : said.blocks(String(delay)),
              ]
              return (
                <tr key={record.address}>
                  <td className="number">{index + 1}</td>
                  <th scope="row">
                    <AccountName address={record.address} link />
                  </th>
                  <td className="number">{record.answers}</td>
                  {COLUMNS.map((name, column) => (
                    <td className="number" key={name}>
                      {numbers[column]}
                    </td>
                  ))}
                </tr>
              )
            })}
          </tbody>
        </table>
      </ScrollBox>
      <p className="quiet-text">{said.legend}</p>
    </>
  )
}
