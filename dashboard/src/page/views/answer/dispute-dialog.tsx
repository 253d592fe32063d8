import { instanceResult, one } from '@polyswarm/protocol/consumer'
import { stringifyJson } from '@polyswarm/protocol/json'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { fromService } from '../../client/service.js'
import { Failure } from '../../parts/failure.js'
import { texts } from '../../texts.js'

/** Contests a verdict, with a reason. */
export function DisputeDialog({ id }: { id: string }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [reason, setReason] = useState('')
  const navigate = useNavigate()
  const { answer } = texts
  const dispute = useMutation({
    mutationFn: async () => {
      const body = stringifyJson({ reason })
      const options = { method: 'POST', query: { id }, body, type: 'application/json' } as const
      return (await fromService('/instance/dispute', one(instanceResult), options)).result
    },
    onSuccess: (instance) => {
      dialog.current?.close()
      return navigate({ to: '/answer/$id', params: { id: instance.id } })
    },
  })
  return (
    <>
      <button type="button" className="quiet" onClick={() => dialog.current?.showModal()}>
        {answer.dispute}
      </button>
      <dialog ref={dialog} aria-labelledby="dispute-title">
        <form
          onSubmit={(submitted) => {
            submitted.preventDefault()
            dispute.mutate()
          }}
        >
          <h2 id="dispute-title">{answer.disputeTitle}</h2>
          <p>{answer.disputeIntro}</p>
          <label className="field">
            {answer.reason}
            <textarea
              required
              rows={4}
              maxLength={1_000}
              value={reason}
              onChange={({ target }) => setReason(target.value)}
            />
          </label>
          {dispute.error && <Failure error={dispute.error} />}
          <div className="actions">
            <button type="submit" disabled={dispute.isPending || reason.trim() === ''}>
              {answer.disputeSend}
            </button>
            <button type="button" className="quiet" onClick={() => dialog.current?.close()}>
              {answer.cancel}
            </button>
          </div>
        </form>
      </dialog>
    </>
  )
}
