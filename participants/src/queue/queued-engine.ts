import type { AnalysisBackend } from '../analysis/analysis-backend.js'
import { type BackendSettings, backendOf, isShipped, loadPart } from '../microengine/load-backend.js'
import { Microengine, type MicroengineOptions } from '../microengine/microengine.js'

/**
 * What a front needs of what `--backend` names: an engine that distills, bids and sends verdicts, and the names of the
 * backends that its workers run. Shipped backends are not made here; the file of an engine of one's own is loaded, for how
 * it bids, and neither set up nor asked to scan.
 *
 * @throws BackendError where one of them is not found or is something else.
 */
export async function loadFront(
  names: readonly string[],
  options: MicroengineOptions,
): Promise<{ engine: Microengine; backends: string[] }> {
  const backends: string[] = []
  let only: Microengine | undefined
  for (const name of names) {
    if (isShipped(name)) {
      backends.push(name)
      continue
    }
    const part = await loadPart(name, {})
    if (typeof part === 'function' && names.length === 1) only = part(options)
    backends.push(typeof part === 'function' ? part({}).name : part.name)
  }
  return { engine: only ?? new Microengine({ name: backends.join('+'), ...options }), backends }
}

/**
 * The backends of a worker, each with the name that a front knows it by.
 *
 * @throws BackendError where one of them is not found or is something else.
 */
export async function loadWorkerBackends(
  names: readonly string[],
  settings: BackendSettings,
): Promise<{ name: string; backend: AnalysisBackend }[]> {
  const loaded: { name: string; backend: AnalysisBackend }[] = []
  for (const name of names) {
    const part = await loadPart(name, settings)
    const backend = typeof part === 'function' ? backendOf(part({})) : part
    loaded.push({ name: isShipped(name) ? name : backend.name, backend })
  }
  return loaded
}
