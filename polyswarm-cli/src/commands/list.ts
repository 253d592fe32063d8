import { Command } from 'commander'
import { limitOption } from '../options.js'
import type { Run } from '../program.js'
import { reportOutcomes } from '../report/report-outcomes.js'
import { answerShape } from '../report/shapes.js'
import { foundAnswers } from './found-answers.js'

/** `polyswarm list` */
export function listCommand(run: Run): Command {
  const command = new Command('list')
    .description('Shows the submissions of your account, the latest first.')
    .addOption(limitOption())
  return command.action(() =>
    run(command, (session) => {
      const { limit } = command.opts<{ limit: number }>()
      const found = foundAnswers(session.client.ownSubmissions(), 'this account', limit)
      return reportOutcomes(session, answerShape(session.style), found)
    }),
  )
}
