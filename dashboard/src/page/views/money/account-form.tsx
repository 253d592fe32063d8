import { visibleText } from '@polyswarm/protocol/visible-text'
import { useState } from 'react'
import { usePageSettings } from '../../live/market-context.js'
import { texts } from '../../texts.js'

/** Chooses an account that has a name here, or any other. */
export function AccountForm({ account, onAccount }: { account: string; onAccount: (account: string) => void }) {
  const { names } = usePageSettings()
  const [other, setOther] = useState('')
  const { money } = texts
  return (
    <form
      className="actions"
      onSubmit={(submitted) => {
        submitted.preventDefault()
        onAccount(other.trim())
      }}
    >
      {names.size > 0 && (
        <label>
          {money.account}{' '}
          <select value={account.toLowerCase()} onChange={({ target }) => onAccount(target.value)}>
            <option value="">{money.choose}</option>
            {[...names].map(([address, name]) => (
              <option key={address} value={address}>
                {visibleText(name.slice(0, 40))}
              </option>
            ))}
          </select>
        </label>
      )}
      <label>
        {money.other}{' '}
        <input
          value={other}
          maxLength={42}
          placeholder="0x…"
          spellCheck={false}
          onChange={({ target }) => setOther(target.value)}
        />
      </label>
      <button type="submit" className="quiet" disabled={other.trim() === ''}>
        {money.show}
      </button>
    </form>
  )
}
