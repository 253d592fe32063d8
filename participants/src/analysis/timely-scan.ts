import { abstain, checkFinding, type Finding } from '../findings/finding.js'

/**
 * A finding, whatever the engine does: an error, nonsense or no answer in time is an abstention.
 *
 * @param signal what the engine was given, too; its reason is thrown where it has fired before.
 */
export async function scanInTime(scan: () => Promise<Finding>, signal: AbortSignal): Promise<Finding> {
  signal.throwIfAborted()
  const { promise: over, resolve } = Promise.withResolvers<Finding>()
  // The engine hears of it first: backends that let go in time have said why.
  const onAbort = (): void => void setImmediate(() => resolve(abstain('the scan was not over in time')))
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return checkFinding(await Promise.race([scan(), over]))
  } catch (error) {
    return abstain(`the scan failed: ${(error as Error).message}`)
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
