import { useNavigate, useSearch } from '@tanstack/react-router'
import { useSession } from '../../client/session.js'
import { Empty } from '../../parts/empty.js'
import { Heading } from '../../parts/heading.js'
import { texts } from '../../texts.js'
import { AccountForm } from './account-form.js'
import { BalancePanel } from './balance-panel.js'
import { StatementPanel } from './statement-panel.js'

const ADDRESS = /^0x[0-9a-fA-F]{40}$/

/** The money of one account. */
export function MoneyView() {
  const { account = '' } = useSearch({ from: '/money' })
  const session = useSession()
  const navigate = useNavigate()
  const { money } = texts
  const address = account || session.account
  return (
    <>
      <Heading title={money.title}>
        <p>{money.intro}</p>
      </Heading>
      <AccountForm
        account={address}
        onAccount={(chosen) => void navigate({ to: '/money', search: { account: chosen } })}
      />
      {ADDRESS.test(address) ? (
        <>
          <BalancePanel address={address} />
          <StatementPanel key={address} address={address} />
        </>
      ) : (
        <Empty>{address === '' ? money.empty : money.invalid}</Empty>
      )}
    </>
  )
}
