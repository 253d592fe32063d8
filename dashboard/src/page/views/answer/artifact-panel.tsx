import type { Instance } from '@polyswarm/protocol/consumer'
import { DocumentText } from '../../parts/document-text.js'
import { Moment } from '../../parts/moment.js'
import { OutsideText } from '../../parts/outside-text.js'
import { Panel } from '../../parts/panel.js'
import { sizeText } from '../../parts/size-text.js'
import { texts } from '../../texts.js'

/** What is known of the artifact itself. Nothing of it is ever drawn or opened. */
export function ArtifactPanel({ instance }: { instance: Instance }) {
  const { answer } = texts
  const { fields } = answer
  const facts: [string, React.ReactNode][] = [
    [fields.type, instance.mimetype && <OutsideText text={instance.mimetype} />],
    [fields.size, instance.size !== null && sizeText(instance.size)],
    [fields.sha256, instance.sha256 && <Digest text={instance.sha256} />],
    [fields.sha1, instance.sha1 && <Digest text={instance.sha1} />],
    [fields.md5, instance.md5 && <Digest text={instance.md5} />],
    [fields.first, instance.first_seen && <Moment at={instance.first_seen} />],
    [fields.asked, <Moment key="asked" at={instance.created} />],
    [fields.privacy, instance.private ? answer.onlyYou : answer.everybody],
    [fields.expires, instance.expires ? <Moment key="expires" at={instance.expires} /> : answer.never],
  ]
  return (
    <Panel title={answer.metadata}>
      <dl className="facts">
        {facts.map(
          ([name, value]) =>
            value && (
              <div key={name} className="fact">
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
      {instance.metadata.slice(0, 20).map(({ tool, tool_metadata: said }) => (
        <DocumentText key={tool} name={tool} value={said} />
      ))}
      {instance.assertions
        .slice(0, 100)
        .map(
          ({ author, author_name: name, metadata }) =>
            metadata && <DocumentText key={author} name={name} value={metadata} />,
        )}
    </Panel>
  )
}

function Digest({ text }: { text: string }) {
  return (
    <code>
      <OutsideText text={text} longest={64} />
    </code>
  )
}
