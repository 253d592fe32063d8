import { stringifyJson } from '@polyswarm/protocol/json'
import { visibleText } from '@polyswarm/protocol/visible-text'
import { OutsideText } from './outside-text.js'
import { ScrollBox } from './scroll-box.js'

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
      <ScrollBox label={visibleText(name.slice(0, 60))}>
        <pre className="document">
          <bdi>{lines.map(visibleText).join('\n')}</bdi>
        </pre>
      </ScrollBox>
    </details>
  )
}
