import { useQuery } from '@tanstack/react-query'
import { AccountName } from '../../parts/account-name.js'
import { Amount } from '../../parts/amount.js'
import { BlockMoment } from '../../parts/block-moment.js'
import { Empty } from '../../parts/empty.js'
import { percentText } from '../../parts/percent-text.js'
import { ScrollBox } from '../../parts/scroll-box.js'
import { balanceQuery } from '../../queries/balance-query.js'
import { parametersQuery } from '../../queries/market-queries.js'
import { standingQuery } from '../../queries/standing-query.js'
import { texts } from '../../texts.js'
import type { ArbiterRecord } from './arbiter-record.js'

const { arbiter } = texts

/** Every arbiter with its votes, the line that it must stay above, and its stake. */
export function ArbiterTable({ records }: { records: readonly ArbiterRecord[] }) {
  const parameters = useQuery(parametersQuery).data
  if (records.length === 0) return <Empty>{arbiter.empty}</Empty>
  const line =
    parameters && parameters.vote_ratio_denominator > 0n
      ? Number(parameters.vote_ratio_numerator) / Number(parameters.vote_ratio_denominator)
      : null
  const numbers = [arbiter.votes, arbiter.response, arbiter.agreement, arbiter.stake, arbiter.free]
  return (
    <>
      {line !== null && <p>{arbiter.line(percentText(line))}</p>}
      <ScrollBox label={arbiter.title}>
        <table>
          <thead>
            <tr>
              <th scope="col">{arbiter.name}</th>
              {numbers.map((name) => (
                <th scope="col" className="number" key={name}>
                  {name}
                </th>
              ))}
              <th scope="col">{arbiter.freeAt}</th>
            </tr>
          </thead>
          <tbody>
            {records.map((record) => (
              <ArbiterRow key={record.address} record={record} line={line} />
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </>
  )
}

function ArbiterRow({ record, line }: { record: ArbiterRecord; line: number | null }) {
  const balances = useQuery(balanceQuery(record.address, 'side')).data
  const standing = useQuery(standingQuery(record.address)).data
  // The contract counts for as long as there are arbiters; until it has said so, the sample has to do.
  const response = standing && standing.bounties > 0 ? standing.votes / standing.bounties : record.response
  const isBelow = line !== null && response < line
  return (
    <tr>
      <th scope="row">
        <AccountName address={record.address} />
      </th>
      <td className="number">{record.votes}</td>
      <td className={isBelow ? 'number bad' : 'number'}>
        {percentText(response)} {isBelow && arbiter.below}
      </td>
      <td className="number">{record.judged === 0 ? '–' : percentText(record.agreed / record.judged)}</td>
      <td className="number">{balances && <Amount units={balances.staked} />}</td>
      <td className="number">{balances && <Amount units={balances.withdrawable} />}</td>
      <td>{standing?.free_at != null && <BlockMoment block={standing.free_at} />}</td>
    </tr>
  )
}
