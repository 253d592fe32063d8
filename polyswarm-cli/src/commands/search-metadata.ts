import { Command, Option } from 'commander'
import { InvalidArgumentError } from '../errors.js'
import { limitOption } from '../options.js'
import type { Run } from '../program.js'
import { type FieldRow, fieldShape, metadataShape } from '../report/metadata-shapes.js'
import { type Outcome, outcomeOf, reportOutcomes } from '../report/report-outcomes.js'
import { livingUrl } from '../scan/living-url.js'
import { listOutcomes, notKnown } from './list-outcomes.js'

interface MetadataFlags {
  include: string[]
  exclude: string[]
  ip: string[]
  domain: string[]
  url: string[]
  limit: number
}

/** `polyswarm search metadata [QUERY…]` */
export function searchMetadataCommand(run: Run): Command {
  const command = new Command('metadata')
    .description('Finds artifacts by what is known of them and what engines said. "search mapping" names the fields.')
    .argument('[query...]', 'field:value, several with spaces between them; all of them have to hold')
    .addOption(several('-i, --include <field>', 'a field that is wanted, such as scan.*; * stands for any name'))
    .addOption(several('-x, --exclude <field>', 'a field that is not'))
    .addOption(several('-p, --ip <address>', 'an address that engines found in it'))
    .addOption(several('-d, --domain <name>', 'a domain of that kind'))
    .addOption(several('--url <url>', 'a URL that it is, or that engines found in it'))
    .addOption(limitOption())
  return command.action((words: string[]) =>
    run(command, (session) => {
      const { limit, ip, domain, url, include, exclude } = command.opts<MetadataFlags>()
      const asked = { ips: ip.map(livingUrl), domains: domain.map(livingUrl), urls: url.map(livingUrl) }
      const query = words.join(' ')
      const subject = [query, ...ip, ...domain, ...url].filter((word) => word !== '').join(' ')
      if (subject === '') {
        throw new InvalidArgumentError({ argument: 'the query', reason: 'give at least one condition' })
      }
      const found = session.client.metadata.search({ query, ...asked, include, exclude })
      return reportOutcomes(session, metadataShape, listOutcomes(found, limit, notKnown(subject)))
    }),
  )
}

/** `polyswarm search mapping` */
export function searchMappingCommand(run: Run): Command {
  const command = new Command('mapping').description('Shows the fields that "search metadata" knows.')
  return command.action(() =>
    run(command, (session) => {
      const fields = async function* (): AsyncGenerator<Outcome<FieldRow>> {
        const { value, error } = await outcomeOf(() => session.client.metadata.fields())
        if (error) yield { error }
        for (const [field, { description, example }] of Object.entries(value ?? {})) {
          yield { value: { field, description, example } }
        }
      }
      return reportOutcomes(session, fieldShape, fields())
    }),
  )
}

/** An option that can be given several times. */
function several(flags: string, description: string): Option {
  return new Option(flags, `${description}; several times for several`)
    .argParser((value: string, before: string[]) => [...before, value])
    .default([] as string[], '')
}
