import { eicarBackend } from '../backends/eicar/eicar-backend.js'
import { BackendTruth } from './backend-truth.js'
import type { TruthSource } from './truth-source.js'

/** The truth of a market in which the EICAR test file is the only malware there is, wherever it is in a file. Of URLs it knows nothing. */
export function eicarTruth(): TruthSource {
  return new BackendTruth(eicarBackend())
}
