import { Command } from 'commander'
import { exitStatusOption } from '../options.js'
import type { Run } from '../program.js'
import { isMalicious } from '../report/conclusion.js'
import { outcomeOf, reportOutcomes } from '../report/report-outcomes.js'
import { answerShape } from '../report/shapes.js'
import { asCompleted } from '../scan/as-completed.js'
import { subjectsIn } from '../subject.js'
import { submissionOf } from './submission-of.js'

/** `polyswarm lookup HASH|ID…` */
export function lookupCommand(run: Run): Command {
  const command = new Command('lookup')
    .description('Shows what the market has said of a hash, or of a submission, without asking it.')
    .argument('<subject...>', 'HASH (md5, sha1, sha256) or ID; - reads them from standard input')
    .addOption(exitStatusOption())
  return command.action((words: string[]) =>
    run(command, (session) => {
      const { client, io, flags, style } = session
      const work = (target: string) =>
        outcomeOf(async () => ({ target, instance: await submissionOf(client, target), known: true }))
      const outcomes = asCompleted(subjectsIn(words, io.stdin), flags.parallel, work)
      const { exitStatus } = command.opts<{ exitStatus: boolean }>()
      return reportOutcomes(session, answerShape(style), outcomes, exitStatus ? isMalicious : undefined)
    }),
  )
}
