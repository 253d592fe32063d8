import type { Engine } from '@polyswarm/protocol/consumer'
import { Command } from 'commander'
import { CommandError } from '../errors.js'
import type { Run } from '../program.js'
import { type Outcome, reportOutcomes } from '../report/report-outcomes.js'
import { engineShape } from '../report/shapes.js'

/** `polyswarm engines` */
export function enginesCommand(run: Run): Command {
  const command = new Command('engines').description('Shows who answers in this market, and how often they were right.')
  return command.action(() =>
    run(command, (session) => reportOutcomes(session, engineShape, outcomesOf(session.client.engines()))),
  )
}

async function* outcomesOf(engines: AsyncIterable<Engine>): AsyncGenerator<Outcome<Engine>> {
  try {
    for await (const value of engines) yield { value }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    yield { error }
  }
}
