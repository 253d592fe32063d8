import { join } from 'node:path'
import { DatabaseTruth } from '../database-truth.js'
import type { SourceDefinition } from './source-definition.js'

/** The options of the database. */
export interface DatabaseFlags {
  truthDb: string
}

const directory = process.env.ARTIFACT_DIRECTORY ?? join('docker', 'artifacts')

export const database: SourceDefinition<DatabaseFlags> = {
  name: 'database',
  knows: 'what a truth database says of the file; see `arbiter truth import`. Also called `verbatim`',
  options: [
    {
      flags: '--truth-db <file>',
      description: 'the truth database',
      variable: 'TRUTH_DB',
      standard: join(directory, 'truth.db'),
    },
  ],
  make: ({ truthDb }, { warn }) => new DatabaseTruth(truthDb, { warn }),
}
