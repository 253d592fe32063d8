import { Command } from 'commander'
import type { Run } from '../program.js'
import { outcomeOf, reportOutcomes } from '../report/report-outcomes.js'
import { accountShape } from '../report/shapes.js'

/** `polyswarm account` */
export function accountCommand(run: Run): Command {
  const command = new Command('account').description('Shows whose key this is, and what it may still use.')
  return command.action(() =>
    run(command, (session) => {
      const outcome = async function* () {
        yield await outcomeOf(() => session.client.account())
      }
      return reportOutcomes(session, accountShape, outcome())
    }),
  )
}
