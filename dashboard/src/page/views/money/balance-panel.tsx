import { useQuery } from '@tanstack/react-query'
import { Amount } from '../../parts/amount.js'
import { Fetched } from '../../parts/fetched.js'
import { Panel } from '../../parts/panel.js'
import { balanceQuery } from '../../queries/balance-query.js'
import { parametersQuery } from '../../queries/market-queries.js'
import { texts } from '../../texts.js'

/** What an account has on both chains, and whether it is enough to go on. */
export function BalancePanel({ address }: { address: string }) {
  const { money } = texts
  return (
    <Panel title={money.balances}>
      <LowBalance address={address} />
      <div className="columns">
        {(['side', 'home'] as const).map((chain) => (
          <section key={chain} aria-label={money.chains[chain]}>
            <h3>{money.chains[chain]}</h3>
            <ChainBalances address={address} chain={chain} />
          </section>
        ))}
      </div>
    </Panel>
  )
}

function ChainBalances({ address, chain }: { address: string; chain: 'home' | 'side' }) {
  const query = useQuery(balanceQuery(address, chain))
  const { money } = texts
  return (
    <Fetched query={query}>
      {(balances) =>
        balances === null ? (
          <p className="quiet-text">{money.absent}</p>
        ) : (
          <dl className="facts">
            <dt>{money.nct}</dt>
            <dd>
              <Amount units={balances.nct} />
            </dd>
            <dt>{money.eth}</dt>
            <dd>
              <Amount units={balances.eth} unit={money.eth} />
            </dd>
            <dt>{money.staked}</dt>
            <dd>
              <Amount units={balances.staked} />
            </dd>
            <dt>{money.withdrawable}</dt>
            <dd>
              <Amount units={balances.withdrawable} />
            </dd>
          </dl>
        )
      }
    </Fetched>
  )
}

/** Warns before an account can neither post nor answer. */
function LowBalance({ address }: { address: string }) {
  const balances = useQuery(balanceQuery(address, 'side')).data
  const parameters = useQuery(parametersQuery).data
  const { money } = texts
  if (!balances || !parameters) return null
  const needs = [
    [money.lowOf.bounty, parameters.bounty_amount_minimum + parameters.bounty_fee],
    [money.lowOf.bid, parameters.assertion_bid_minimum + parameters.assertion_fee],
  ] as const
  const missing = needs.filter(([, amount]) => balances.nct < amount)
  return missing.map(([name]) => (
    <p key={name} className="notice warn" role="alert">
      {money.low(name)}
    </p>
  ))
}
