import { type ArchiveResult, MAX_SINCE } from '@polyswarm/protocol/consumer'
import { Command, Option } from 'commander'
import { downloadArchive, type KeptArchive } from '../download/download-archive.js'
import { wholeFrom } from '../options.js'
import type { Run } from '../program.js'
import type { Shape } from '../report/report.js'
import { outcomeOf, reportOutcomes } from '../report/report-outcomes.js'
import { asCompleted } from '../scan/as-completed.js'

interface StreamFlags {
  since: number
  force: boolean
  maxSize: number
}

/** Bytes of the largest archive, unless told otherwise: what a zip of the plain kind can hold. */
const MAX_ARCHIVE_SIZE = 2 ** 32 - 1

const shape: Shape<KeptArchive> = {
  text: ({ path, artifacts, known }) =>
    `${path}  ${artifacts} artifact${artifacts === 1 ? '' : 's'}${known ? ', there already' : ''}\n`,
  json: (archive) => archive,
  csv: {
    header: ['path', 'first', 'last', 'artifacts', 'known'],
    row: ({ path, first, last, artifacts, known }) => [path, first, last, String(artifacts), String(known)],
  },
}

/** `polyswarm stream [DIRECTORY]` */
export function streamCommand(run: Run): Command {
  const command = new Command('stream')
    .description('Fetches all that was stored lately and you can see, in zips with the password "infected".')
    .argument('[directory]', 'where to put them; those that are there already are not fetched again', '.')
    .addOption(
      new Option('-s, --since <minutes>', 'how far to look back').argParser(wholeFrom(1, MAX_SINCE)).default(1_440),
    )
    .option('--force', 'fetch and replace those that are there', false)
    .addOption(
      new Option('--max-size <bytes>', 'refuse larger ones').argParser(wholeFrom(1, 2 ** 40)).default(MAX_ARCHIVE_SIZE),
    )
  return command.action((directory: string) =>
    run(command, (session) => {
      const { client, flags } = session
      const { since, force, maxSize: maxBytes } = command.opts<StreamFlags>()
      const work = (archive: ArchiveResult) =>
        outcomeOf(() => downloadArchive(client, archive, { directory, force, maxBytes }))
      return reportOutcomes(session, shape, asCompleted(client.archivesSince(since), flags.parallel, work))
    }),
  )
}
