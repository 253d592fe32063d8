import { hashTypeOf } from '@polyswarm/protocol/consumer'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { latestAnswer } from '../../queries/instance-queries.js'
import { texts } from '../../texts.js'

/** Takes a hash, which is looked up, or a URL, which can be judged. */
export function LookUpForm({ onUrl }: { onUrl: (url: string) => void }) {
  const [text, setText] = useState('')
  const [said, setSaid] = useState('')
  const navigate = useNavigate()
  const { ask } = texts
  const look = async () => {
    const given = text.trim()
    setSaid('')
    if (hashTypeOf(given) !== undefined) {
      setSaid(ask.looking)
      const found = await latestAnswer({ hash: given }).catch((error: Error) => error)
      if (found instanceof Error) setSaid(found.message.slice(0, 500))
      else if (found) await navigate({ to: '/answer/$id', params: { id: found.id } })
      else setSaid(ask.unknownHash)
    } else if (/^https?:\/\/\S{1,2040}$/i.test(given) && URL.canParse(given)) {
      onUrl(given)
      setText('')
    } else setSaid(ask.notRecognised)
  }
  return (
    <form
      className="look-up"
      onSubmit={(submitted) => {
        submitted.preventDefault()
        void look()
      }}
    >
      <label className="field">
        {ask.paste}
        <input value={text} maxLength={2048} spellCheck={false} onChange={({ target }) => setText(target.value)} />
      </label>
      <button type="submit" disabled={text.trim() === ''}>
        {ask.look}
      </button>
      <p role="status">{said}</p>
    </form>
  )
}
