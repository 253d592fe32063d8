import { eicarTruth } from '../eicar-truth.js'
import type { SourceDefinition } from './source-definition.js'

export const eicar: SourceDefinition = {
  name: 'eicar',
  knows:
    'malicious is a file that has the EICAR test file in it, archives opened, and every other file is benign: for markets that try things out',
  options: [],
  make: () => eicarTruth(),
}
