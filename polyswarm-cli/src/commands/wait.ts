import { Command } from 'commander'
import { InvalidArgumentError } from '../errors.js'
import type { ExitStatus } from '../exit-status.js'
import { type AskFlags, addAskOptions } from '../options.js'
import type { Run } from '../program.js'
import { isMalicious } from '../report/conclusion.js'
import { reportOutcomes } from '../report/report-outcomes.js'
import { answerShape } from '../report/shapes.js'
import { asCompleted } from '../scan/as-completed.js'
import { waitForAnswer } from '../scan/wait-for-answer.js'
import type { Session } from '../session.js'
import { parseSubject, subjectsIn } from '../subject.js'
import { askOutcome, waitSettingsOf } from './ask.js'

const AT_A_TIME = 256

/** `polyswarm wait ID…` */
export function waitCommand(run: Run): Command {
  const command = addAskOptions(new Command('wait').description('Waits for the answers to submissions.')).argument(
    '<id...>',
    'ids of submissions; - reads them from standard input',
  )
  return command.action((words: string[]) => run(command, (session) => wait(session, words, command.opts<AskFlags>())))
}

async function wait(session: Session, words: readonly string[], flags: AskFlags): Promise<ExitStatus> {
  const { client, submissions, io, style } = session
  const settings = waitSettingsOf(flags)
  const work = (target: string) =>
    askOutcome(target, async () => {
      const subject = parseSubject(target)
      if (!('id' in subject))
        throw new InvalidArgumentError({ argument: target, reason: 'give the id of a submission' })
      const instance = await client.submission(subject.id)
      if (!settings) return { target, instance, known: false }
      submissions.started(target, instance.id)
      submissions.changed(instance)
      const waiting = { target, settings, client, submissions, signal: io.signal }
      return { target, instance: await waitForAnswer(instance, waiting), known: false }
    })
  const outcomes = asCompleted(subjectsIn(words, io.stdin), AT_A_TIME, work)
  return reportOutcomes(session, answerShape(style), outcomes, flags.exitStatus ? isMalicious : undefined)
}
