import { hashTypeOf, IOC_KINDS, type IocKind } from '@polyswarm/protocol/consumer'
import { Argument, Command } from 'commander'
import { InvalidArgumentError, NothingFoundError } from '../errors.js'
import type { ExitStatus } from '../exit-status.js'
import { limitOption } from '../options.js'
import type { Run } from '../program.js'
import { type IocRow, iocRows, iocShape, metadataShape } from '../report/metadata-shapes.js'
import { type Outcome, outcomeOf, reportOutcomes } from '../report/report-outcomes.js'
import { livingUrl } from '../scan/living-url.js'
import type { Session } from '../session.js'
import { listOutcomes, notKnown } from './list-outcomes.js'

const HASHES = ['sha256', 'sha1', 'md5'] as const

/** `polyswarm search ioc KIND VALUE` */
export function searchIocCommand(run: Run): Command {
  const command = new Command('ioc')
    .description('Finds artifacts by an indicator of compromise, or the indicators in an artifact by its hash.')
    .addArgument(new Argument('<kind>', 'what is given').choices([...IOC_KINDS, ...HASHES]))
    .argument('<value>')
    .addOption(limitOption())
  return command.action((kind: IocKind | (typeof HASHES)[number], value: string) =>
    run(command, (session) => {
      if (HASHES.some((type) => type === kind)) return indicators(session, kind as (typeof HASHES)[number], value)
      const found = session.client.metadata.withIoc(kind as IocKind, livingUrl(value))
      const { limit } = command.opts<{ limit: number }>()
      return reportOutcomes(session, metadataShape, listOutcomes(found, limit, notKnown(value)))
    }),
  )
}

function indicators(session: Session, type: (typeof HASHES)[number], hash: string): Promise<ExitStatus> {
  if (hashTypeOf(hash) !== type) {
    throw new InvalidArgumentError({ argument: hash, reason: `give a ${type} in hexadecimal digits` })
  }
  const rows = async function* (): AsyncGenerator<Outcome<IocRow>> {
    const { value, error } = await outcomeOf(() => session.client.metadata.iocsOf(type, hash.toLowerCase()))
    if (error) yield { error }
    const found = value ? iocRows(value) : []
    for (const row of found) yield { value: row }
    if (value && found.length === 0) {
      yield { error: new NothingFoundError({ subject: hash, reason: 'no engine found an indicator in it.' }) }
    }
  }
  return reportOutcomes(session, iocShape, rows())
}
