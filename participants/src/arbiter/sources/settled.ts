import { SettledTruth } from '../settled-truth.js'
import type { SourceDefinition } from './source-definition.js'

export const settled: SourceDefinition = {
  name: 'settled',
  knows: 'what the arbiters of the market agreed on before, about a file that this arbiter has seen then',
  options: [],
  make: () => new SettledTruth(),
}
