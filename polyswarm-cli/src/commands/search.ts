import { hashTypeOf } from '@polyswarm/protocol/consumer'
import { Command } from 'commander'
import { InvalidArgumentError } from '../errors.js'
import { limitOption } from '../options.js'
import type { Run } from '../program.js'
import { reportOutcomes } from '../report/report-outcomes.js'
import { answerShape } from '../report/shapes.js'
import { isUrl, livingUrl } from '../scan/living-url.js'
import { foundAnswers } from './found-answers.js'
import { searchIocCommand } from './search-ioc.js'
import { searchMappingCommand, searchMetadataCommand } from './search-metadata.js'

/** `polyswarm search [hash|url|scans|metadata|mapping|ioc] WORD…` */
export function searchCommand(run: Run): Command {
  return new Command('search')
    .description('Finds what was submitted: by hash, URL, metadata or indicator. A hash or URL alone tells what it is.')
    .addCommand(byWord(run, 'hash', 'the latest submission of each artifact with an md5, sha1 or sha256'))
    .addCommand(byWord(run, 'url', 'the latest submissions of a URL'))
    .addCommand(byWord(run, 'scans', 'all submissions of an artifact, by its hash'))
    .addCommand(searchMetadataCommand(run))
    .addCommand(searchMappingCommand(run))
    .addCommand(searchIocCommand(run))
    .addCommand(byWord(run, 'either', 'a hash or a URL'), { isDefault: true, hidden: true })
}

/** A hash, in the digits that the service knows it by. @throws InvalidArgumentError. */
function hashIn(word: string): string {
  if (hashTypeOf(word) !== undefined) return word.toLowerCase()
  throw new InvalidArgumentError({ argument: word, reason: 'give an md5, sha1 or sha256 in hexadecimal digits' })
}

function byWord(run: Run, kind: 'hash' | 'url' | 'scans' | 'either', description: string): Command {
  const command = new Command(kind)
    .description(`Finds ${description}.`)
    .argument(kind === 'url' ? '<url>' : '<hash>')
    .addOption(limitOption())
  return command.action((word: string) =>
    run(command, async (session) => {
      const { client, style } = session
      const { limit } = command.opts<{ limit: number }>()
      const found =
        kind === 'url' || (kind === 'either' && isUrl(word))
          ? client.withUrl(livingUrl(word))
          : kind === 'scans'
            ? client.scansOf(hashIn(word))
            : client.withHash(hashIn(word))
      return reportOutcomes(session, answerShape(style), foundAnswers(found, word, limit))
    }),
  )
}
