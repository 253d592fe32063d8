import { loadBackend } from '../../microengine/load-backend.js'
import { BackendTruth } from '../backend-truth.js'
import type { SourceDefinition } from './source-definition.js'

export const http: SourceDefinition = {
  name: 'http',
  knows: 'what an oracle says that the file is posted to: `--service`, as for the analysis backend of this name',
  options: [],
  make: async (_flags, { backends, timeLimit }) => new BackendTruth(await loadBackend('http', backends), { timeLimit }),
}
