import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { saveFile } from '../../client/save-file.js'
import { useBlockClock } from '../../live/market-context.js'
import { AccountName } from '../../parts/account-name.js'
import { Amount } from '../../parts/amount.js'
import { BlockMoment } from '../../parts/block-moment.js'
import { Empty } from '../../parts/empty.js'
import { Fetched } from '../../parts/fetched.js'
import { Panel } from '../../parts/panel.js'
import { ScrollBox } from '../../parts/scroll-box.js'
import { statementQuery } from '../../queries/statement-query.js'
import { texts } from '../../texts.js'
import { statementCsv } from './statement-csv.js'
import { atRisk, type StatementRow, statementRows } from './statement-rows.js'

/** Blocks that a statement goes back at first, and by which it is made longer. */
const BLOCKS = 5_000

/** Rows that are drawn; the file has them all. */
const SHOWN = 300

const { money } = texts

/** What came and went, the latest first, and what is at risk. */
export function StatementPanel({ address }: { address: string }) {
  const { head } = useBlockClock()
  const [back, setBack] = useState(BLOCKS)
  // Fixed when it is opened, so that each block does not ask for everything again.
  const [opened, setOpened] = useState(head)
  if (opened === 0 && head > 0) setOpened(head)
  const from = Math.max(opened - back, 0)
  // Until the newest block is known, "from" would be the first one there ever was.
  const query = useQuery({ ...statementQuery(address, from), refetchInterval: 10_000, enabled: opened > 0 })
  return (
    <Fetched query={query}>
      {({ movements, balance, isWhole }) => {
        const rows = statementRows(movements, isWhole ? balance : null)
        return (
          <>
            <RiskPanel risks={atRisk(movements)} />
            <Panel
              title={money.statement}
              aside={
                <button
                  type="button"
                  className="quiet"
                  onClick={() => saveFile(`statement-${address}.csv`, 'text/csv', statementCsv(rows))}
                >
                  {money.csv}
                </button>
              }
            >
              {rows.length === 0 ? <Empty>{money.noMovements}</Empty> : <StatementTable rows={rows.slice(0, SHOWN)} />}
              {from > 0 && (
                <button type="button" className="quiet" onClick={() => setBack(back + BLOCKS)}>
                  {money.more}
                </button>
              )}
            </Panel>
          </>
        )
      }}
    </Fetched>
  )
}

function RiskPanel({ risks }: { risks: ReadonlyMap<string, bigint> }) {
  return (
    <Panel title={money.risk}>
      <p className="quiet-text">{money.riskHint}</p>
      {risks.size === 0 ? (
        <p>{money.riskNone}</p>
      ) : (
        <ul>
          {[...risks].map(([guid, amount]) => (
            <li key={guid}>
              <BountyLink guid={guid} /> <Amount units={amount} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

function BountyLink({ guid }: { guid: string }) {
  return (
    <Link to="/bounty/$guid" params={{ guid }} preload={false}>
      {guid.slice(0, 8)}
    </Link>
  )
}

function StatementTable({ rows }: { rows: readonly StatementRow[] }) {
  return (
    <ScrollBox label={money.statement}>
      <table>
        <thead>
          <tr>
            <th scope="col" className="number">
              {money.when}
            </th>
            <th scope="col">{money.reason}</th>
            <th scope="col">{money.for}</th>
            <th scope="col">{money.with}</th>
            <th scope="col" className="number">
              {money.amount}
            </th>
            <th scope="col" className="number">
              {money.balance}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ block, txhash, reason, guid, counterparty, change, balance }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a transaction can move money more than once.
            <tr key={index}>
              <td className="number" title={txhash}>
                <BlockMoment block={block} />
              </td>
              <td>{money.reasons[reason]}</td>
              <td>{guid !== null && reason !== 'offer' && <BountyLink guid={guid} />}</td>
              <td>
                <AccountName address={counterparty} />
              </td>
              <td className="number">
                <Amount units={change} signed />
              </td>
              <td className="number">{balance !== null && <Amount units={balance} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  )
}
