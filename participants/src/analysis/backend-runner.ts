import { withinTime } from '@polyswarm/protocol'
import type { BackendFinding } from '../findings/backend-finding.js'
import { abstain, type Finding } from '../findings/finding.js'
import { Semaphore } from '../semaphore.js'
import type { AnalysisBackend, AnalysisRequest } from './analysis-backend.js'
import { analyzeWithMembers } from './member-analysis.js'

/**
 * Has several backends look at one artifact at the same time.
 *
 * @param timeLimit milliseconds that each of them gets; the request's signal may end it earlier.
 * @returns one finding for each backend, in their order. A backend that fails, answers nonsense, or does not answer in time
 * abstains, and the reason is in its finding.
 */
export async function runBackends<Request extends AnalysisRequest>(
  backends: readonly AnalysisBackend<Request>[],
  request: Request,
  timeLimit: number,
): Promise<BackendFinding[]> {
  return Promise.all(
    backends.map(async (backend) => ({
      backend: backend.name,
      finding: await runBackend(backend, request, timeLimit),
    })),
  )
}

/** Whether an abstention is for a failure, and no decision of a backend. */
export function isFailure({ outcome, reason = '' }: Pick<Finding, 'reason'> & { outcome: string }): boolean {
  return outcome === 'abstain' && / (failed: |did not answer in time$|was not over in time$)/.test(reason)
}

/** One gate for each backend that has a limit, whoever runs it. */
const gates = new WeakMap<AnalysisBackend<never>, Semaphore>()

function gateOf(backend: AnalysisBackend<never>): Semaphore | undefined {
  if (backend.concurrency === undefined) return undefined
  const gate = gates.get(backend) ?? new Semaphore(backend.concurrency)
  gates.set(backend, gate)
  return gate
}

async function runBackend<Request extends AnalysisRequest>(
  backend: AnalysisBackend<Request>,
  request: Request,
  timeLimit: number,
): Promise<Finding> {
  if (request.signal.aborted) return abstain(`there was no time for ${backend.name}`)
  return withinTime(timeLimit, [request.signal], async (signal) => {
    const { promise: tooLate, resolve } = Promise.withResolvers<Finding>()
    signal.addEventListener('abort', () => resolve(abstain(`${backend.name} did not answer in time`)), { once: true })
    try {
      return await Promise.race([analyzeInTurn(backend, { ...request, signal }), tooLate])
    } catch (error) {
      return abstain(`${backend.name} failed: ${error instanceof Error ? error.message : String(error)}`)
    }
  })
}

async function analyzeInTurn<Request extends AnalysisRequest>(
  backend: AnalysisBackend<Request>,
  request: Request,
): Promise<Finding> {
  const leave = await gateOf(backend)?.enter(request.signal)
  try {
    return await analyzeWithMembers(backend, request)
  } finally {
    leave?.()
  }
}
