import { madeKeyResult, one } from '@polyswarm/protocol/consumer'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { z } from 'zod'
import { fromService } from '../../client/service.js'
import { useSession } from '../../client/session.js'
import { CopyButton } from '../../parts/copy-button.js'
import { Empty } from '../../parts/empty.js'
import { Failure } from '../../parts/failure.js'
import { Fetched } from '../../parts/fetched.js'
import { Moment } from '../../parts/moment.js'
import { keysQuery } from '../../queries/account-queries.js'
import { texts } from '../../texts.js'

const PATH = '/public/accounts/keys'
const { keys } = texts.operator

/** The keys of the own account: one more, and one less. A key that was made is shown until the page is left. */
export function KeyList() {
  const query = useQuery(keysQuery(useSession().serviceKey))
  const queries = useQueryClient()
  const onSettled = () => queries.invalidateQueries({ queryKey: ['keys'] })
  const make = useMutation({
    mutationFn: async () => (await fromService(PATH, one(madeKeyResult), { method: 'POST' })).result,
    onSettled,
  })
  const revoke = useMutation({
    mutationFn: (id: string) => fromService(PATH, one(z.null()), { method: 'DELETE', query: { id } }),
    onSettled,
  })
  const error = make.error ?? revoke.error
  return (
    <section aria-labelledby="keys-title">
      <h3 id="keys-title">{keys.title}</h3>
      <Fetched query={query}>
        {(good) =>
          good.length === 0 ? (
            <Empty>{keys.empty}</Empty>
          ) : (
            <ul className="asked">
              {good.map(({ id, created, in_use: isUsed }) => (
                <li key={id}>
                  <span>
                    <code>{id}</code> {isUsed && <strong>{keys.inUse}</strong>}
                  </span>
                  <span>
                    {keys.made} <Moment at={created} />
                  </span>
                  <button
                    type="button"
                    className="quiet small"
                    aria-label={keys.revokeOf(id)}
                    disabled={revoke.isPending}
                    onClick={() => revoke.mutate(id)}
                  >
                    {keys.revoke}
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </Fetched>
      {make.data && (
        <p className="notice" role="status">
          {keys.once} <code>{make.data.key}</code>{' '}
          <CopyButton text={make.data.key} label={texts.bounty.copy} isSecret />
        </p>
      )}
      <div className="actions">
        <button type="button" className="quiet" disabled={make.isPending} onClick={() => make.mutate()}>
          {keys.make}
        </button>
      </div>
      {error && <Failure error={error} />}
    </section>
  )
}
