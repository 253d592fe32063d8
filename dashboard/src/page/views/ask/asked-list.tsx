import { visibleText } from '@polyswarm/protocol/visible-text'
import { Link } from '@tanstack/react-router'
import { ArtifactName } from '../../parts/artifact-name.js'
import { Panel } from '../../parts/panel.js'
import { sizeText } from '../../parts/size-text.js'
import { texts } from '../../texts.js'
import type { AskedItem } from './asked-item.js'

/** What is being asked about, and how far each of it is. */
export function AskedList({ items, onRemove }: { items: readonly AskedItem[]; onRemove: (key: number) => void }) {
  const { ask } = texts
  return (
    <Panel title={ask.files}>
      <ul className="asked" aria-live="polite">
        {items.map((item) => (
          <li key={item.key} data-state={item.state}>
            <span>
              <ArtifactName name={item.name} type={item.type === 'URL' ? 'url' : 'file'} />{' '}
              {item.type === 'FILE' && <small>{sizeText(item.content.size)}</small>}
            </span>
            <AskedState item={item} />
            {item.state !== 'uploading' && (
              <button
                type="button"
                className="quiet small"
                aria-label={`${ask.remove} ${visibleText(item.name.slice(0, 80))}`}
                onClick={() => onRemove(item.key)}
              >
                {ask.remove}
              </button>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function AskedState({ item: { state, instance, reason } }: { item: AskedItem }) {
  const { ask, answer } = texts
  const said = {
    waiting: '…',
    hashing: ask.hashing,
    looking: ask.looking,
    known: ask.known,
    unknown: ask.unknown,
    uploading: ask.uploading,
    sent: instance ? answer.states[instance.state] : '',
    failed: `${ask.failed}: ${visibleText((reason ?? '').slice(0, 300))}`,
  }[state]
  return (
    <span className={state === 'failed' ? 'bad' : undefined}>
      {said}{' '}
      {instance && (
        <Link to="/answer/$id" params={{ id: instance.id }}>
          {ask.knownOpen}
        </Link>
      )}
    </span>
  )
}
