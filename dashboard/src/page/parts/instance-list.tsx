import type { Instance } from '@polyswarm/protocol/consumer'
import { Link } from '@tanstack/react-router'
import { texts } from '../texts.js'
import { ArtifactName } from './artifact-name.js'
import { Moment } from './moment.js'

/** Answers in short, each with a link to the whole. */
export function InstanceList({ instances }: { instances: readonly Instance[] }) {
  const { answer } = texts
  return (
    <ul className="asked">
      {instances.map(({ id, filename, type, state, created, polyscore }) => (
        <li key={id}>
          <Link to="/answer/$id" params={{ id }}>
            <ArtifactName name={filename} type={type === 'URL' ? 'url' : 'file'} />
          </Link>
          <span>
            {answer.states[state]}
            {polyscore !== null && ` · ${answer.score} ${Math.round(polyscore * 100)}`}
          </span>
          <Moment at={created} />
        </li>
      ))}
    </ul>
  )
}
