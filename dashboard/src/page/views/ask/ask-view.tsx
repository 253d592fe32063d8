import { usePageSettings } from '../../live/market-context.js'
import { Empty } from '../../parts/empty.js'
import { Heading } from '../../parts/heading.js'
import { texts } from '../../texts.js'
import { sendable } from './asked-item.js'
import { AskedList } from './asked-list.js'
import { DropZone } from './drop-zone.js'
import { LookUpForm } from './look-up-form.js'
import { RecentPanel } from './recent-panel.js'
import { SendForm } from './send-form.js'
import { useAsked } from './use-asked.js'

/** Asks what files and URLs are. */
export function AskView() {
  const { service } = usePageSettings()
  const { items, add, send, remove } = useAsked()
  const { ask } = texts
  const addFiles = (files: readonly File[]) =>
    add(files.map((file) => ({ name: file.webkitRelativePath || file.name, type: 'FILE', content: file })))
  return (
    <>
      <Heading title={ask.title}>
        <p>{ask.intro}</p>
      </Heading>
      {service ? (
        <>
          <DropZone onFiles={addFiles} />
          <LookUpForm onUrl={(url) => add([{ name: url, type: 'URL', content: new Blob([url]) }])} />
          {items.length > 0 && <AskedList items={items} onRemove={remove} />}
          {items.length > 0 && <SendForm count={(fresh) => sendable(items, fresh).length} onSend={send} />}
          <RecentPanel />
        </>
      ) : (
        <Empty>{ask.noService}</Empty>
      )}
    </>
  )
}
