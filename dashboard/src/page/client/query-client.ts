import { QueryClient } from '@tanstack/react-query'
import { RequestError } from './request-error.js'

/** Tries again what may pass by itself, and nothing that was refused. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      gcTime: 60_000,
      retry: (failures, error) => failures < 3 && (!(error instanceof RequestError) || error.isPassing),
      retryDelay: (failures, error) =>
        (error instanceof RequestError && error.retryAfter) || Math.min(500 * 2 ** failures, 10_000),
    },
  },
})
