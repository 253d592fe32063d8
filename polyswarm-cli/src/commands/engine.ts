import { Command, Option } from 'commander'
import { InvalidArgumentError } from '../errors.js'
import type { Run } from '../program.js'
import { accuracyShape } from '../report/accuracy-shape.js'
import { outcomeOf, reportOutcomes } from '../report/report-outcomes.js'

/** `polyswarm engine assertions|votes ADDRESS [FROM [TO]]` */
export function engineCommand(run: Run): Command {
  return new Command('engine')
    .description('Shows how right an engine or an arbiter was in a period.')
    .addCommand(accuracyCommand(run, 'assertions', 'How the verdicts of an engine compare with what arbiters found.'))
    .addCommand(accuracyCommand(run, 'votes', 'How the votes of an arbiter compare with what arbiters agreed on.'))
}

const DAY = 86_400_000
const DAYS = 30

function accuracyCommand(run: Run, of: 'assertions' | 'votes', description: string): Command {
  const command = new Command(of)
    .description(description)
    .argument('<address>', 'its account; polyswarm engines --fmt csv shows them')
    .addOption(new Option('--from <day>', 'the first day, such as 2026-01-31').default(undefined, `${DAYS} days ago`))
    .addOption(new Option('--to <day>', 'the last day').default(undefined, 'today'))
  return command.action((address: string) =>
    run(command, (session) => {
      if (!/^0x[0-9a-fA-F]{40}$/.test(address)) {
        throw new InvalidArgumentError({
          argument: address,
          reason: 'give the address of an account, 0x and 40 digits',
        })
      }
      const { from, to } = command.opts<{ from?: string; to?: string }>()
      const now = session.io.now()
      const [first, last] = [dayOf(from ?? now - (DAYS - 1) * DAY), dayOf(to ?? now)]
      if (last < first) throw new InvalidArgumentError({ argument: '--to', reason: 'it is before --from' })
      const question = { engine_id: address, date_start: isoDay(first), date_end: isoDay(last + DAY) }
      const outcome = async function* () {
        yield await outcomeOf(() => session.client.accuracy.ask(of, question))
      }
      return reportOutcomes(session, accuracyShape, outcome())
    }),
  )
}

/** The start of a day in UTC. */
function dayOf(given: string | number): number {
  const time = typeof given === 'number' ? given : /^\d{4}-\d\d-\d\d$/.test(given) ? Date.parse(given) : Number.NaN
  if (Number.isNaN(time)) {
    throw new InvalidArgumentError({ argument: String(given), reason: 'give a day such as 2026-01-31' })
  }
  return Math.floor(time / DAY) * DAY
}

function isoDay(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}
