import type { SettlementInput } from '@polyswarm/protocol'
import { memo } from 'react'
import { AccountName } from '../../parts/account-name.js'
import { Amount } from '../../parts/amount.js'
import { Panel } from '../../parts/panel.js'
import { ScrollBox } from '../../parts/scroll-box.js'
import { texts } from '../../texts.js'
import { Formula } from './formula.js'
import { lineText } from './line-text.js'
import { type PayoutRow, payoutRows } from './payout-rows.js'

/** Who put in and who takes out, by which rule, with sums that must be the same. */
export const PayoutPanel = memo(function PayoutPanel({
  input,
  settlements,
  isOver,
}: {
  input: SettlementInput
  settlements: readonly { settler: string; payout: bigint }[]
  isOver: boolean
}) {
  const { bounty } = texts
  const rows = payoutRows(input, settlements)
  const putIn = rows.reduce((sum, row) => sum + row.putIn, 0n)
  const takenOut = rows.reduce((sum, row) => sum + row.takesOut, 0n)
  const isPaid = rows.every(({ role, paid, takesOut }) => role === 'nobody' || paid !== null || takesOut === 0n)
  const differs =
    isOver && rows.some(({ paid, takesOut, address }) => paid !== null && paid !== dueTo(rows, address, takesOut))
  return (
    <Panel title={bounty.payout}>
      <p className="quiet-text">{isOver ? bounty.payoutIntro : bounty.forecast}</p>
      <ScrollBox label={bounty.payout}>
        <table className="payout">
          <thead>
            <tr>
              <th scope="col">{bounty.party}</th>
              <th scope="col" className="number">
                {bounty.putIn}
              </th>
              <th scope="col" className="number">
                {bounty.takesOut}
              </th>
              <th scope="col" className="number">
                {bounty.difference}
              </th>
              <th scope="col" className="number">
                {bounty.paid}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: an account can be a party twice, and parties never move.
              <PayoutTableRow key={index} row={row} />
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{bounty.sum}</th>
              <td className="number">
                <Amount units={putIn} />
              </td>
              <td className="number">
                <Amount units={takenOut} />
              </td>
              <td className="number">
                <Amount units={takenOut - putIn} signed />
              </td>
              <td />
            </tr>
          </tfoot>
        </table>
      </ScrollBox>
      <p className={putIn === takenOut ? 'good' : 'bad'}>{putIn === takenOut ? bounty.addsUp : bounty.addsUpNot}</p>
      {isOver && differs && <p className="bad">{bounty.differs}</p>}
      {isOver && isPaid && !differs && <p className="good">{bounty.agrees}</p>}
    </Panel>
  )
})

/** The chain pays an account all that it is due at once, whatever its roles. */
function dueTo(rows: readonly PayoutRow[], address: string | null, takesOut: bigint): bigint {
  const own = rows.filter((row) => row.address === address)
  return own.length < 2 ? takesOut : own.reduce((sum, row) => sum + row.takesOut, 0n)
}

function PayoutTableRow({ row }: { row: PayoutRow }) {
  const { bounty } = texts
  return (
    <tr>
      <th scope="row">
        {row.address !== null && <AccountName address={row.address} />} <small>{bounty.roles[row.role]}</small>
      </th>
      <td className="number">
        <Amount units={row.putIn} />
      </td>
      <td className="number">
        <Formula lines={row.lines.map(lineText)}>
          <Amount units={row.takesOut} />
        </Formula>
      </td>
      <td className="number">
        <Amount units={row.takesOut - row.putIn} signed />
      </td>
      <td className="number">
        {row.role !== 'nobody' && (row.paid === null ? bounty.notYet : <Amount units={row.paid} />)}
      </td>
    </tr>
  )
}
