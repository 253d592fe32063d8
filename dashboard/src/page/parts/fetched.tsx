import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Failure } from './failure.js'
import { Loading } from './loading.js'

/** What was asked for, once it is here; until then that it loads, or why it does not. */
export function Fetched<T>({ query, children }: { query: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return children(query.data)
  if (query.isError) return <Failure error={query.error} again={() => void query.refetch()} />
  return <Loading />
}
