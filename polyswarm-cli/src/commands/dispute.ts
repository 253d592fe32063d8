import { Command } from 'commander'
import type { ExitStatus } from '../exit-status.js'
import { type AskFlags, addAskOptions } from '../options.js'
import type { Run } from '../program.js'
import { isMalicious } from '../report/conclusion.js'
import { type Outcome, reportOutcomes } from '../report/report-outcomes.js'
import { answerShape } from '../report/shapes.js'
import type { Answered } from '../scan/scan-artifact.js'
import { waitForAnswer } from '../scan/wait-for-answer.js'
import type { Session } from '../session.js'
import { askOutcome, waitSettingsOf } from './ask.js'
import { submissionOf } from './submission-of.js'

interface DisputeFlags extends AskFlags {
  reason: string
}

/** `polyswarm dispute HASH|ID --reason TEXT` */
export function disputeCommand(run: Run): Command {
  const command = addAskOptions(
    new Command('dispute').description(
      'Contests a verdict: the artifact is judged anew in a bounty of its own, by engines and arbiters, linked with the first.',
    ),
  )
    .argument('<subject>', 'HASH or ID of what was judged')
    .requiredOption('--reason <text>', 'why the verdict is wrong; everybody who sees the answer sees it')
  return command.action((subject: string) =>
    run(command, (session) => dispute(session, subject, command.opts<DisputeFlags>())),
  )
}

async function dispute(session: Session, target: string, flags: DisputeFlags): Promise<ExitStatus> {
  const { client, submissions, io, style } = session
  const settings = waitSettingsOf(flags)
  const outcomes = async function* (): AsyncGenerator<Outcome<Answered>> {
    yield await askOutcome(target, async () => {
      const instance = await client.dispute((await submissionOf(client, target)).id, flags.reason)
      if (!settings) return { target, instance, known: false }
      submissions.started(target, instance.id)
      submissions.changed(instance)
      const waiting = { target, settings, client, submissions, signal: io.signal }
      return { target, instance: await waitForAnswer(instance, waiting), known: false }
    })
  }
  return reportOutcomes(session, answerShape(style), outcomes(), flags.exitStatus ? isMalicious : undefined)
}
