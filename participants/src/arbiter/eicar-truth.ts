import { eicarBackend } from '../backends/eicar/eicar-backend.js'
import { backendTruth } from './backend-truth.js'
import type { TruthSource } from './truth-source.js'

/** The truth of a market in which the EICAR test file is the only malware there is, wherever it is in an artifact. */
export function eicarTruth(): TruthSource {
  return backendTruth(eicarBackend())
}
