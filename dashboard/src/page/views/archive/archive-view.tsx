import { useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { useSession } from '../../client/session.js'
import { Empty } from '../../parts/empty.js'
import { Fetched } from '../../parts/fetched.js'
import { Heading } from '../../parts/heading.js'
import { archiveQuery } from '../../queries/archive-query.js'
import { texts } from '../../texts.js'
import { ArchiveTable } from './archive-table.js'
import { FindForm } from './find-form.js'

/** All bounties there ever were, a page at a time. */
export function ArchiveView() {
  const { before, author } = useSearch({ from: '/bounties' })
  const { account } = useSession()
  const query = useQuery(archiveQuery({ before, author }))
  const { archive, bounty } = texts
  return (
    <>
      <Heading title={archive.title}>
        <p>
          <Link to="/">{bounty.back}</Link> · {archive.intro}
        </p>
      </Heading>
      <FindForm />
      <nav className="actions" aria-label={archive.pages}>
        <Link to="/bounties" search={{}}>
          {archive.all}
        </Link>
        {account !== '' && (
          <Link to="/bounties" search={{ author: account }}>
            {archive.mine}
          </Link>
        )}
      </nav>
      <Fetched query={query}>
        {({ bounties, next }) => (
          <>
            {bounties.length === 0 ? <Empty>{archive.empty}</Empty> : <ArchiveTable bounties={bounties} />}
            {next !== null && (
              <p>
                <Link to="/bounties" search={{ before: next, author }}>
                  {archive.older}
                </Link>
              </p>
            )}
          </>
        )}
      </Fetched>
    </>
  )
}
