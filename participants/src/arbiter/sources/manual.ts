import { ManualTruth } from '../manual-truth.js'
import type { SourceDefinition } from './source-definition.js'

export const manual: SourceDefinition = {
  name: 'manual',
  knows: 'what people decided. What no source knows waits for them; see `arbiter queue`',
  options: [],
  make: () => new ManualTruth(),
}
