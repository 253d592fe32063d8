import { parseNct } from '@polyswarm/protocol/amount'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { fundAccount } from '../../client/dev-market.js'
import { useSession } from '../../client/session.js'
import { AccountName } from '../../parts/account-name.js'
import { Amount } from '../../parts/amount.js'
import { Failure } from '../../parts/failure.js'
import { texts } from '../../texts.js'

/** Gives NCT of the dev market to an account. */
export function FaucetForm() {
  const session = useSession()
  const [account, setAccount] = useState(session.account)
  const [amount, setAmount] = useState('1000')
  const give = useMutation({
    mutationFn: async (order: { account: string; amount: string }) => {
      await fundAccount(order.account, order.amount)
      return order
    },
  })
  const { operator } = texts
  return (
    <section aria-labelledby="faucet-title">
      <h3 id="faucet-title">{operator.faucet}</h3>
      <form
        className="actions"
        onSubmit={(submitted) => {
          submitted.preventDefault()
          give.mutate({ account: account.trim(), amount: amount.trim() })
        }}
      >
        <label>
          {operator.faucetTo}{' '}
          <input
            value={account}
            required
            maxLength={42}
            placeholder="0x…"
            onChange={({ target }) => setAccount(target.value)}
          />
        </label>
        <label>
          {operator.faucetAmount}{' '}
          <input
            value={amount}
            required
            maxLength={40}
            inputMode="decimal"
            onChange={({ target }) => setAmount(target.value)}
          />
        </label>
        <button type="submit" disabled={give.isPending}>
          {operator.faucetGive}
        </button>
      </form>
      {give.data && (
        <p role="status">
          <AccountName address={give.data.account} /> + <Amount units={parseNct(give.data.amount)} />
        </p>
      )}
      {give.error && <Failure error={give.error} />}
    </section>
  )
}
