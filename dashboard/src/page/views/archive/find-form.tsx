import { parseGuid } from '@polyswarm/protocol'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { texts } from '../../texts.js'

const { archive } = texts

/** Opens a bounty by its whole guid. */
export function FindForm() {
  const [text, setText] = useState('')
  const [isWrong, setWrong] = useState(false)
  const navigate = useNavigate()
  const find = async () => {
    try {
      await navigate({ to: '/bounty/$guid', params: { guid: parseGuid(text.trim()) } })
    } catch {
      setWrong(true)
    }
  }
  return (
    <form
      className="look-up"
      onSubmit={(submitted) => {
        submitted.preventDefault()
        void find()
      }}
    >
      <label className="field">
        {archive.guid}
        <input value={text} maxLength={80} spellCheck={false} onChange={({ target }) => setText(target.value)} />
      </label>
      <button type="submit" className="quiet" disabled={text.trim() === ''}>
        {archive.find}
      </button>
      <p role="status">{isWrong && archive.wrong}</p>
    </form>
  )
}
