import { hashTypeOf, type Instance } from '@polyswarm/protocol/consumer'
import { Command, Option } from 'commander'
import type { ConsumerClient } from '../client/consumer-client.js'
import { InvalidArgumentError } from '../errors.js'
import { wholeFrom } from '../options.js'
import type { Run } from '../program.js'
import { reportOutcomes } from '../report/report-outcomes.js'
import { answerShape } from '../report/shapes.js'
import { foundAnswers } from './found-answers.js'

const KINDS = ['hash', 'url', 'scans'] as const

/** `polyswarm search [hash|url|scans] WORD` */
export function searchCommand(run: Run): Command {
  const command = new Command('search')
    .description('Finds submissions: the latest of a hash or a URL, or with "scans" all of an artifact.')
    .argument('<words...>', `${KINDS.join(', ')} and what to look for; a hash or URL alone tells what it is`)
    .addOption(limitOption())
  return command.action((words: string[]) =>
    run(command, async (session) => {
      const found = search(session.client, words)
      const { limit } = command.opts<{ limit: number }>()
      return reportOutcomes(session, answerShape(session.style), foundAnswers(found, words.at(-1) ?? '', limit))
    }),
  )
}

/** `--limit`. */
export function limitOption(): Option {
  return new Option('--limit <count>', 'submissions to show at most').argParser(wholeFrom(1, 1_000_000)).default(50)
}

/** @throws InvalidArgumentError for words that are no search. */
function search(client: ConsumerClient, words: readonly string[]): AsyncGenerator<Instance> {
  const [first = '', second, ...rest] = words
  const kind = second === undefined ? (/^https?:\/\//i.test(first) ? 'url' : 'hash') : first
  const value = second ?? first
  if (rest.length > 0 || !KINDS.some((known) => known === kind)) {
    throw new InvalidArgumentError({
      argument: words.join(' '),
      reason: `give one of ${KINDS.join(', ')} and one value`,
    })
  }
  if (kind === 'url') return client.withUrl(value)
  if (hashTypeOf(value) === undefined) {
    throw new InvalidArgumentError({ argument: value, reason: 'give an md5, sha1 or sha256 in hexadecimal digits' })
  }
  return kind === 'scans' ? client.scansOf(value.toLowerCase()) : client.withHash(value.toLowerCase())
}
