import type { Instance } from '@polyswarm/protocol/consumer'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useSession } from '../../client/session.js'
import { ArtifactName } from '../../parts/artifact-name.js'
import { Fetched } from '../../parts/fetched.js'
import { Heading } from '../../parts/heading.js'
import { instanceQuery } from '../../queries/instance-queries.js'
import { texts } from '../../texts.js'
import { AnswerActions } from './answer-actions.js'
import { AnswerProgress } from './answer-progress.js'
import { AnsweringEngines } from './answering-engines.js'
import { ArtifactPanel } from './artifact-panel.js'
import { HistoryPanel } from './history-panel.js'
import { ScorePanel } from './score-panel.js'
import { VerdictPanel } from './verdict-panel.js'

/** The answer to one question, from when it was asked to when it is settled. */
export function AnswerView() {
  const { id } = useParams({ from: '/answer/$id' })
  const query = useQuery(instanceQuery(id, useSession().serviceKey))
  return (
    <>
      <Heading title={texts.answer.title} />
      <Fetched query={query}>{(instance) => <Answer instance={instance} />}</Fetched>
    </>
  )
}

function Answer({ instance }: { instance: Instance }) {
  return (
    <>
      <p className="asked-name">
        <ArtifactName name={instance.filename} type={instance.type === 'URL' ? 'url' : 'file'} />
      </p>
      <AnswerActions instance={instance} />
      <AnswerProgress instance={instance} />
      <ScorePanel instance={instance} />
      <VerdictPanel instance={instance} />
      <AnsweringEngines instance={instance} />
      <ArtifactPanel instance={instance} />
      <HistoryPanel instance={instance} />
    </>
  )
}
