import { one, WEBHOOK_EVENTS, webhookResult } from '@polyswarm/protocol/consumer'
import { stringifyJson } from '@polyswarm/protocol/json'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { fromService } from '../../client/service.js'
import { Failure } from '../../parts/failure.js'
import { texts } from '../../texts.js'

const { webhooks: said } = texts.operator

/** One more webhook. The secret is sent once, and nobody is shown it again. */
export function WebhookForm() {
  const [uri, setUri] = useState('')
  const [secret, setSecret] = useState('')
  const [events, setEvents] = useState<readonly string[]>(WEBHOOK_EVENTS)
  const queries = useQueryClient()
  const add = useMutation({
    mutationFn: () => {
      const body = stringifyJson({ webhook_uri: uri.trim(), secret, events })
      return fromService('/notification/webhook', one(webhookResult), {
        method: 'POST',
        body,
        type: 'application/json',
      })
    },
    onSuccess: () => {
      setUri('')
      setSecret('')
      return queries.invalidateQueries({ queryKey: ['webhooks'] })
    },
  })
  return (
    <form
      className="case"
      autoComplete="off"
      aria-label={said.add}
      onSubmit={(submitted) => {
        submitted.preventDefault()
        add.mutate()
      }}
    >
      <label className="field">
        {said.uri}
        <input
          type="url"
          required
          maxLength={2_048}
          placeholder="https://…"
          value={uri}
          onChange={({ target }) => setUri(target.value)}
        />
      </label>
      <label className="field">
        {said.secret}
        <input
          type="password"
          required
          minLength={8}
          maxLength={256}
          autoComplete="off"
          value={secret}
          onChange={({ target }) => setSecret(target.value)}
        />
      </label>
      <fieldset>
        <legend>{said.events}</legend>
        {WEBHOOK_EVENTS.map((event) => (
          <label key={event} className="choice">
            <input
              type="checkbox"
              checked={events.includes(event)}
              onChange={({ target }) =>
                setEvents(WEBHOOK_EVENTS.filter((name) => (name === event ? target.checked : events.includes(name))))
              }
            />{' '}
            {said.eventNames[event]}
          </label>
        ))}
      </fieldset>
      <div className="actions">
        <button type="submit" disabled={add.isPending || events.length === 0}>
          {said.add}
        </button>
      </div>
      {add.error && <Failure error={add.error} />}
    </form>
  )
}
