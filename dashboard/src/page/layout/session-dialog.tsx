import { useRef } from 'react'
import { changeSession, type Session, useSession } from '../client/session.js'
import { usePageSettings } from '../live/market-context.js'
import { texts } from '../texts.js'

/** Where keys and the own account are entered. */
export function SessionDialog() {
  const dialog = useRef<HTMLDialogElement>(null)
  const session = useSession()
  const { daemon, service, arbiter, dev } = usePageSettings()
  const { session: said } = texts
  const fields: [keyof Session, boolean][] = [
    ['account', daemon],
    ['serviceKey', service],
    ['daemonKey', daemon],
    ['arbiterToken', arbiter && !dev],
  ]
  return (
    <>
      <button type="button" className="quiet" onClick={() => dialog.current?.showModal()}>
        {texts.layout.keys}
      </button>
      <dialog ref={dialog} aria-labelledby="session-title">
        <form method="dialog" autoComplete="off">
          <h2 id="session-title">{said.title}</h2>
          <p>{said.intro}</p>
          {fields
            .filter(([, isUsed]) => isUsed)
            .map(([name]) => (
              <label key={name} className="field">
                {said[name]}
                <input
                  type={name === 'account' ? 'text' : 'password'}
                  autoComplete="off"
                  spellCheck={false}
                  maxLength={256}
                  value={session[name]}
                  onChange={({ target }) => changeSession({ [name]: target.value.trim() })}
                />
              </label>
            ))}
          <button type="submit">{said.close}</button>
        </form>
      </dialog>
    </>
  )
}
