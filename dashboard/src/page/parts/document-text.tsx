import { stringifyJson } from '@polyswarm/protocol/json'
import { visibleText } from '@polyswarm/protocol/visible-text'
import { OutsideText } from './outside-text.js'

/** Characters of a document that are shown. */
const MOST = 20_000

/** What a tool or an engine says, as it says it, in a form that does nothing. */
export function DocumentText({ name, value }: { name: string; value: unknown }) {
  const lines = stringifyJson(value, 2).slice(0, MOST).split('\n')
  return (
    <details>
      <summary>
        <OutsideText text={name} longest={60} />
      </summary>
      <pre className="document">
        <bdi>{lines.map(visibleText).join('\n')}</bdi>
      </pre>
    </details>
  )
}
