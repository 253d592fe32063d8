import type { AnalysisBackend, AnalysisRequest } from './analysis-backend.js'
import { abstain, checkFinding, type Finding } from './finding.js'

/** A finding and the backend it is from. */
export interface BackendFinding {
  backend: string
  finding: Finding
}

/**
 * Has several backends look at one artifact at the same time.
 *
 * @param timeLimit milliseconds that each of them gets; the request's signal may end it earlier.
 * @returns one finding for each backend, in their order. A backend that fails, answers nonsense, or does not answer in time
 * abstains, and the reason is in its finding.
 */
export async function runBackends(
  backends: readonly AnalysisBackend[],
  request: AnalysisRequest,
  timeLimit: number,
): Promise<BackendFinding[]> {
  return Promise.all(
    backends.map(async (backend) => ({
      backend: backend.name,
      finding: await runBackend(backend, request, timeLimit),
    })),
  )
}

async function runBackend(backend: AnalysisBackend, request: AnalysisRequest, timeLimit: number): Promise<Finding> {
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(timeLimit)])
  const { promise: tooLate, resolve } = Promise.withResolvers<Finding>()
  const onAbort = (): void => resolve(abstain(`${backend.name} did not answer in time`))
  if (signal.aborted) return abstain(`there was no time for ${backend.name}`)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    const answer = Promise.resolve(backend.analyze({ ...request, signal }))
    return checkFinding(await Promise.race([answer, tooLate]))
  } catch (error) {
    return abstain(`${backend.name} failed: ${error instanceof Error ? error.message : String(error)}`)
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
