import { type Instance, instanceResult, one } from '@polyswarm/protocol/consumer'
import { stringifyJson } from '@polyswarm/protocol/json'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { saveFile } from '../../client/save-file.js'
import { fromService } from '../../client/service.js'
import { CopyButton } from '../../parts/copy-button.js'
import { Failure } from '../../parts/failure.js'
import { texts } from '../../texts.js'
import { DisputeDialog } from './dispute-dialog.js'

/** What can be done with an answer. */
export function AnswerActions({ instance }: { instance: Instance }) {
  const navigate = useNavigate()
  const { answer } = texts
  const rescan = useMutation({
    mutationFn: async () => {
      const path = `/consumer/submission/default/rescan/${instance.id}`
      const form = { method: 'POST', body: '', type: 'application/x-www-form-urlencoded' } as const
      return (await fromService(path, one(instanceResult), form)).result
    },
    onSuccess: ({ id }) => navigate({ to: '/answer/$id', params: { id } }),
  })
  return (
    <div className="no-print">
      <div className="actions">
        <button type="button" disabled={rescan.isPending || instance.sha256 === null} onClick={() => rescan.mutate()}>
          {answer.rescan}
        </button>
        {instance.window_closed && <DisputeDialog id={instance.id} />}
        <CopyButton text={location.href} label={answer.permalink} />
        <button
          type="button"
          className="quiet"
          onClick={() => saveFile(`answer-${instance.id}.json`, 'application/json', stringifyJson(instance, 2))}
        >
          {answer.json}
        </button>
        <button type="button" className="quiet" onClick={() => window.print()}>
          {answer.print}
        </button>
      </div>
      {rescan.error && <Failure error={rescan.error} />}
    </div>
  )
}
