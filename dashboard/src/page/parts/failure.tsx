import { visibleText } from '@polyswarm/protocol/visible-text'
import { texts } from '../texts.js'

/** Says what went wrong, in the words of the server, and offers to try again. */
export function Failure({ error, again }: { error: Error; again?: () => void }) {
  return (
    <div className="notice bad" role="alert">
      <strong>{texts.failures.title}</strong>
      <p>{visibleText(error.message.slice(0, 1_000))}</p>
      {again && (
        <button type="button" onClick={again}>
          {texts.failures.again}
        </button>
      )}
    </div>
  )
}
