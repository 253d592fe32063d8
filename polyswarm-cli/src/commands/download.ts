import { Command, Option } from 'commander'
import { downloadSample } from '../download/download-sample.js'
import { wholeFrom } from '../options.js'
import type { Run } from '../program.js'
import type { Shape } from '../report/report.js'
import { outcomeOf, reportOutcomes } from '../report/report-outcomes.js'
import { asCompleted } from '../scan/as-completed.js'
import { parseSubject, subjectsIn } from '../subject.js'

interface DownloadFlags {
  directory: string
  raw: boolean
  force: boolean
  maxSize: number
}

/** Bytes of the largest sample, unless told otherwise. */
export const MAX_SAMPLE_SIZE = 64 * 1024 * 1024

const shape: Shape<{ subject: string; path: string }> = {
  text: ({ path }) => `${path}\n`,
  json: (saved) => saved,
  csv: { header: ['subject', 'path'], row: ({ subject, path }) => [subject, path] },
}

/** `polyswarm download HASH|ID…` */
export function downloadCommand(run: Run): Command {
  const command = new Command('download')
    .alias('download-id')
    .description('Fetches artifacts, each in a zip with the password "infected".')
    .argument('<subject...>', 'HASH or ID; - reads them from standard input')
    .option('-d, --directory <directory>', 'where to put them', '.')
    .option('--raw', 'the bytes themselves: dangerous where they are malware', false)
    .option('--force', 'replace files that are there', false)
    .addOption(
      new Option('--max-size <bytes>', 'refuse larger ones').argParser(wholeFrom(1, 2 ** 40)).default(MAX_SAMPLE_SIZE),
    )
  return command.action((words: string[]) =>
    run(command, (session) => {
      const { directory, raw, force, maxSize } = command.opts<DownloadFlags>()
      const settings = { directory, raw, force, maxBytes: maxSize }
      const work = (subject: string) =>
        outcomeOf(async () => ({
          subject,
          path: await downloadSample(session.client, parseSubject(subject), settings),
        }))
      return reportOutcomes(
        session,
        shape,
        asCompleted(subjectsIn(words, session.io.stdin), session.flags.parallel, work),
      )
    }),
  )
}
