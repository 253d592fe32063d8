import { one, type WebhookResult, webhookResult } from '@polyswarm/protocol/consumer'
import { stringifyJson } from '@polyswarm/protocol/json'
import { defangedUrl } from '@polyswarm/protocol/polyscore'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useId } from 'react'
import { z } from 'zod'
import { fromService } from '../../client/service.js'
import { Failure } from '../../parts/failure.js'
import { OutsideText } from '../../parts/outside-text.js'
import { texts } from '../../texts.js'
import { DeliveryList } from './delivery-list.js'

const PATH = '/notification/webhook'
const { webhooks: said } = texts.operator

/** States of a webhook in which it takes what it gets, and those in which somebody should look. */
const TONES: Readonly<Record<string, string>> = { verified: 'good', failing: 'warn', paused: 'bad' }

/** One webhook: how it stands, a ping, on and off, and what it got. */
export function WebhookEntry({ webhook }: { webhook: WebhookResult }) {
  const { id, webhook_uri: uri, status, state, events } = webhook
  const title = useId()
  const queries = useQueryClient()
  const onSettled = () => queries.invalidateQueries({ queryKey: ['webhooks'] })
  const ask = { query: { id }, type: 'application/json' } as const
  const test = useMutation({
    mutationFn: async () => {
      const answer = one(z.object({ answered: z.boolean() }))
      return (await fromService(`${PATH}/test`, answer, { method: 'POST', query: { id } })).result.answered
    },
    onSettled,
  })
  const turn = useMutation({
    mutationFn: () => {
      const body = stringifyJson({ status: status === 'enabled' ? 'disabled' : 'enabled' })
      return fromService(PATH, one(webhookResult), { ...ask, method: 'PUT', body })
    },
    onSettled,
  })
  const forget = useMutation({
    mutationFn: () => fromService(PATH, one(webhookResult), { method: 'DELETE', query: { id } }),
    onSettled,
  })
  const isBusy = test.isPending || turn.isPending || forget.isPending
  const error = test.error ?? turn.error ?? forget.error
  return (
    <section className="case" aria-labelledby={title}>
      <h3 id={title}>
        <OutsideText text={defangedUrl(uri.slice(0, 2_048))} />
      </h3>
      <p>
        <span className={status === 'enabled' ? TONES[state] : 'quiet-text'}>
          {status === 'enabled' ? <OutsideText text={saidOf(state)} longest={40} /> : said.disabled}
        </span>{' '}
        <small>{events.length === 0 ? said.allEvents : <OutsideText text={events.join(', ')} longest={200} />}</small>
      </p>
      <div className="actions">
        <button type="button" disabled={isBusy} onClick={() => test.mutate()}>
          {said.test}
        </button>
        <button type="button" className="quiet" disabled={isBusy} onClick={() => turn.mutate()}>
          {status === 'enabled' ? said.disable : said.enable}
        </button>
        <button type="button" className="quiet" disabled={isBusy} onClick={() => forget.mutate()}>
          {said.forget}
        </button>
        {test.data !== undefined && (
          <span role="status" className={test.data ? 'good' : 'bad'}>
            {test.data ? said.answered : said.silent}
          </span>
        )}
      </div>
      {error && <Failure error={error} />}
      <DeliveryList id={id} />
    </section>
  )
}

function saidOf(state: string): string {
  return said.states[state as keyof typeof said.states] ?? state
}
