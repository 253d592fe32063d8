import { Command } from 'commander'
import type { ExitStatus } from '../exit-status.js'
import { type AskFlags, addAskOptions } from '../options.js'
import type { Run } from '../program.js'
import { isMalicious } from '../report/conclusion.js'
import { reportOutcomes } from '../report/report-outcomes.js'
import { answerShape } from '../report/shapes.js'
import { asCompleted } from '../scan/as-completed.js'
import { Semaphore } from '../scan/semaphore.js'
import { waitForAnswer } from '../scan/wait-for-answer.js'
import type { Session } from '../session.js'
import { parseSubject, subjectsIn } from '../subject.js'
import { askOutcome, waitSettingsOf } from './ask.js'

const AT_A_TIME = 256

/** `polyswarm rescan HASH|ID…` */
export function rescanCommand(run: Run): Command {
  const command = addAskOptions(
    new Command('rescan')
      .alias('rescan-id')
      .description('Has artifacts judged anew that the service has, by hash or submission.'),
  ).argument('<subject...>', 'HASH or ID; - reads them from standard input')
  return command.action((words: string[]) =>
    run(command, (session) => rescan(session, words, command.opts<AskFlags>())),
  )
}

async function rescan(session: Session, words: readonly string[], flags: AskFlags): Promise<ExitStatus> {
  const { client, submissions, io, style } = session
  const settings = waitSettingsOf(flags)
  const gate = new Semaphore(session.flags.parallel)
  const work = (target: string) =>
    askOutcome(target, async () => {
      const instance = await gate.within(() => client.rescan(parseSubject(target)))
      if (!settings) return { target, instance, known: false }
      submissions.started(target, instance.id)
      submissions.changed(instance)
      const waiting = { target, settings, client, submissions, signal: io.signal }
      return { target, instance: await waitForAnswer(instance, waiting), known: false }
    })
  const outcomes = asCompleted(subjectsIn(words, io.stdin), AT_A_TIME, work)
  return reportOutcomes(session, answerShape(style), outcomes, flags.exitStatus ? isMalicious : undefined)
}
