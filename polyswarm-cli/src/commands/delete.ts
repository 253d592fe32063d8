import { Command } from 'commander'
import type { Run } from '../program.js'
import { outcomeOf, reportOutcomes } from '../report/report-outcomes.js'
import { deletedShape } from '../report/shapes.js'
import { asCompleted } from '../scan/as-completed.js'
import { parseSubmission, subjectsIn } from '../subject.js'

/** `polyswarm delete ID…` */
export function deleteCommand(run: Run): Command {
  const command = new Command('delete')
    .description('Deletes submissions of your account that are over, and the bytes where nobody else submitted them.')
    .argument('<id...>', 'ID; - reads them from standard input')
  return command.action((words: string[]) =>
    run(command, (session) => {
      const { client, io, flags } = session
      const work = (target: string) =>
        outcomeOf(async () => {
          const id = parseSubmission(target)
          await client.delete(id)
          return { id, deleted: true as const }
        })
      const outcomes = asCompleted(subjectsIn(words, io.stdin), flags.parallel, work)
      return reportOutcomes(session, deletedShape, outcomes)
    }),
  )
}
