import { parseBaseUnits } from '@polyswarm/protocol/amount'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSession } from '../../client/session.js'
import { Amount } from '../../parts/amount.js'
import { Fetched } from '../../parts/fetched.js'
import { Panel } from '../../parts/panel.js'
import { accountQuery } from '../../queries/market-queries.js'
import { texts } from '../../texts.js'
import type { SendOptions } from './use-asked.js'

/** Days after which an answer can be deleted, as the public service offers them. */
const EXPIRIES = [7, 30, 180] as const

/** What it costs and who will see it, before the click that sends it. */
export function SendForm({
  count,
  onSend,
}: {
  count: (fresh: boolean) => number
  onSend: (options: SendOptions) => Promise<void>
}) {
  const [isPrivate, setPrivate] = useState(false)
  const [fresh, setFresh] = useState(false)
  const [expires, setExpires] = useState<number | undefined>()
  const [isSending, setSending] = useState(false)
  const account = useQuery(accountQuery(useSession().serviceKey))
  const { ask } = texts
  const number = count(fresh)
  const send = async () => {
    setSending(true)
    await onSend({ private: isPrivate, fresh, expires }).finally(() => setSending(false))
  }
  return (
    <Panel title={ask.priceTitle}>
      <form
        onSubmit={(submitted) => {
          submitted.preventDefault()
          void send()
        }}
      >
        <Fetched query={account}>
          {({ price, budget }) => (
            <p>
              {number} × <Amount units={parseBaseUnits(price)} /> ={' '}
              <strong>
                <Amount units={parseBaseUnits(price) * BigInt(number)} />
              </strong>{' '}
              <small>
                {budget ? (
                  <>
                    (<Amount units={parseBaseUnits(budget.left)} /> {ask.left})
                  </>
                ) : (
                  ask.noBudget
                )}
              </small>
            </p>
          )}
        </Fetched>
        <fieldset>
          <legend>{ask.privacy}</legend>
          {[false, true].map((value) => (
            <label key={String(value)} className="choice">
              <input type="radio" name="privacy" checked={isPrivate === value} onChange={() => setPrivate(value)} />{' '}
              {value ? ask.private : ask.public}
            </label>
          ))}
        </fieldset>
        <div className="actions">
          <label>
            <input type="checkbox" checked={fresh} onChange={({ target }) => setFresh(target.checked)} /> {ask.fresh}
          </label>
          <label>
            {ask.expires}{' '}
            <select
              value={expires ?? ''}
              onChange={({ target }) => setExpires(EXPIRIES.find((days) => String(days) === target.value))}
            >
              <option value="">{ask.never}</option>
              {EXPIRIES.map((days) => (
                <option key={days} value={days}>
                  {ask.days(days)}
                </option>
              ))}
            </select>
          </label>
          <button type="submit" disabled={isSending || number === 0}>
            {ask.submit(number)}
          </button>
        </div>
      </form>
    </Panel>
  )
}
