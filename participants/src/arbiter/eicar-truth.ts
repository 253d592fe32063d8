import { examine } from '../examiner/examine.js'
import type { TruthSource } from './truth-source.js'

/** The truth of a market in which the EICAR test file is the only malware there is. */
export function eicarTruth(): TruthSource {
  return {
    name: 'eicar',
    setup: async () => undefined,
    judge: async ({ content, signal }) => ((await examine('eicar', content, signal)) ? 'malicious' : 'benign'),
    teardown: async () => undefined,
  }
}
