import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { blockState } from '../../client/dev-market.js'
import { Failure } from '../../parts/failure.js'
import { Fetched } from '../../parts/fetched.js'
import { texts } from '../../texts.js'

const KEY = ['blocks']

/** Holds the blocks of a dev market, steps through them, and sets their pace. */
export function BlockPanel() {
  const queries = useQueryClient()
  const query = useQuery({ queryKey: KEY, queryFn: () => blockState(), refetchInterval: 5_000 })
  const change = useMutation({ mutationFn: blockState, onSuccess: (state) => queries.setQueryData(KEY, state) })
  const [seconds, setSeconds] = useState('')
  const { operator } = texts
  return (
    <section aria-labelledby="blocks-title">
      <h3 id="blocks-title">{operator.blocksTitle}</h3>
      <Fetched query={query}>
        {({ running, block_time: blockTime }) => (
          <>
            <p role="status">{running ? operator.running : operator.paused}</p>
            <form
              className="actions"
              onSubmit={(submitted) => {
                submitted.preventDefault()
                change.mutate({ block_time: Number(seconds || blockTime) })
              }}
            >
              <button type="button" onClick={() => change.mutate({ running: !running })}>
                {running ? operator.pause : operator.resume}
              </button>
              <button type="button" disabled={running} onClick={() => change.mutate({ step: true })}>
                {operator.step}
              </button>
              <label>
                {operator.speed}{' '}
                <input
                  type="number"
                  min="0.05"
                  max="60"
                  step="0.05"
                  value={seconds === '' ? blockTime : seconds}
                  onChange={({ target }) => setSeconds(target.value)}
                />
              </label>
              <button type="submit" className="quiet">
                {operator.set}
              </button>
            </form>
          </>
        )}
      </Fetched>
      {change.error && <Failure error={change.error} />}
    </section>
  )
}
