import { Command } from 'commander'
import type { Run } from '../program.js'
import { reportOutcomes } from '../report/report-outcomes.js'
import { engineShape } from '../report/shapes.js'
import { listOutcomes } from './list-outcomes.js'

/** `polyswarm engines` */
export function enginesCommand(run: Run): Command {
  const command = new Command('engines').description('Shows who answers in this market, and how often they were right.')
  return command.action(() =>
    run(command, (session) => {
      const engines = listOutcomes(session.client.engines(), Number.POSITIVE_INFINITY)
      return reportOutcomes(session, engineShape, engines)
    }),
  )
}
