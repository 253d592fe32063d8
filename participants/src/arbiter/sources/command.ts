import { loadBackend } from '../../microengine/load-backend.js'
import { BackendTruth } from '../backend-truth.js'
import type { SourceDefinition } from './source-definition.js'

export const command: SourceDefinition = {
  name: 'command',
  knows: 'what a program says of the file: `--command`, as for the analysis backend of this name',
  options: [],
  make: async (_flags, { backends, timeLimit }) =>
    new BackendTruth(await loadBackend('command', backends), { timeLimit }),
}
