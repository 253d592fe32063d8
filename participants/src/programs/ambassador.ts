import { join } from 'node:path'
import { MAX_ARTIFACTS, stringifyJson, visibleText } from '@polyswarm/protocol'
import { reportText } from '@polyswarm/protocol/polyscore'
import { Command } from 'commander'
import { AmbassadorRole } from '../ambassador/ambassador-role.js'
import type { BountySource } from '../ambassador/bounty-source.js'
import { directorySource } from '../ambassador/directory-source.js'
import { eicarSource } from '../ambassador/eicar-source.js'
import type { LeftOutFile } from '../ambassador/postable-files.js'
import { sampleSource } from '../ambassador/sample-source.js'
import { urlSource } from '../ambassador/url-source.js'
import { InvalidOptionError } from '../errors.js'
import type { Answer } from '../runtime/journal/answer-book.js'
import { bountiesCommand } from './ambassador-bounties.js'
import { addParticipantOptions, option, type ParticipantFlags, wholeNumber } from './participant-options.js'
import { addPostingOptions, atLeastOne, type PostingFlags, postingOptionsOf } from './posting-options.js'
import { runProgram } from './program.js'
import { type RoleFactory, runParticipant } from './run-participant.js'

interface AmbassadorFlags extends ParticipantFlags, PostingFlags {
  backend: 'samples' | 'eicar' | 'filesystem' | 'urls'
  artifactDirectory: string
  urlList?: string
  artifactsPerBounty: number
  count: number
  once: boolean
  batch?: number
  every?: number
  json: boolean
}

const command = addPostingOptions(
  addParticipantOptions(new Command('ambassador').description('Posts bounties on artifacts, and has them settled.')),
  10,
)
  .argument('[file...]', 'files and directories to post once, instead of what a backend posts')
  .addOption(
    option('--backend <name>', 'what to post', 'BACKEND')
      .choices(['samples', 'eicar', 'filesystem', 'urls'])
      .default('samples'),
  )
  .addOption(
    option('--artifact-directory <directory>', 'files of the filesystem backend', 'ARTIFACT_DIRECTORY').default(
      join('docker', 'artifacts'),
    ),
  )
  .addOption(option('--url-list <file>', 'of the urls backend: http and https URLs, one on each line', 'URL_LIST'))
  .addOption(
    option(
      '--artifacts-per-bounty <count>',
      'artifacts in one bounty of the filesystem and the urls backend',
      'ARTIFACTS_PER_BOUNTY',
    )
      .argParser(wholeNumber)
      .default(MAX_ARTIFACTS),
  )
  .addOption(
    option('--count <count>', 'bounties to post with the eicar backend', 'POLYSWARM_COUNT')
      .argParser(wholeNumber)
      .default(0, 'no limit'),
  )
  .addOption(
    option('--batch <number>', 'number of the batch to post: the same again never posts twice', 'POLYSWARM_BATCH')
      .argParser(wholeNumber)
      .default(undefined, 'a new one once the last is finished'),
  )
  .addOption(option('--once', 'end when all that was posted is settled', 'POLYSWARM_ONCE').default(false))
  .addOption(
    option('--every <seconds>', 'post everything again and again, for ever', 'POLYSWARM_EVERY').argParser(wholeNumber),
  )
  .option('--json', 'print each answer as a line of JSON; the log goes to standard error', false)

await runProgram(
  command,
  async (signal) => {
    const flags = command.opts<AmbassadorFlags>()
    const { testing, batch } = flags
    const posting = postingOptionsOf(flags)
    atLeastOne({ '--artifacts-per-bounty': flags.artifactsPerBounty })
    const { every } = flags
    const once = flags.once || (command.args.length > 0 && every === undefined)
    if (every !== undefined && (every < 1 || once || testing > 0)) {
      throw new InvalidOptionError({ option: '--every', reason: 'it is at least 1, and not for --once or --testing' })
    }
    const files = command.args
    const url = files.find((word) => /^https?:\/\//i.test(word))
    if (url !== undefined) {
      throw new InvalidOptionError({
        option: url,
        reason: 'URLs are posted from a list: --backend urls --url-list FILE',
      })
    }
    let tell = (_: LeftOutFile): void => undefined
    const source = sourceOf(flags, files, (file) => tell(file))
    const makeRole: RoleFactory = ({ logger }) => {
      tell = ({ path, reason }) => logger.warn({ file: path, reason }, 'left out')
      return new AmbassadorRole({
        source,
        ...posting,
        count: testing > 0 ? testing : flags.count,
        once: once || testing > 0,
        batch,
        ...(every !== undefined && { every: every * 1000 }),
        ...((once || testing > 0) && { answered: (answer) => print(answer, flags.json) }),
      })
    }
    await runParticipant(makeRole, flags, signal)
  },
  [bountiesCommand()],
)

/** Text for people, coloured on a terminal unless NO_COLOR is set; or the same as a line of JSON. */
function print({ guid, artifact, report }: Answer, json: boolean): void {
  const { stdout, env } = process
  if (json) return void stdout.write(`${visibleText(stringifyJson({ guid, artifact, ...report }))}\n`)
  const color = stdout.isTTY === true && !env.NO_COLOR
  stdout.write(`\n${reportText(report, { color, width: stdout.columns ?? 80 })}`)
}

function sourceOf(
  { backend, artifactDirectory, artifactsPerBounty, urlList, maxArtifactSize: maxSize }: AmbassadorFlags,
  files: readonly string[],
  leftOut: (file: LeftOutFile) => void,
): BountySource {
  const perBounty = Math.min(artifactsPerBounty, MAX_ARTIFACTS)
  const options = { perBounty, maxSize, leftOut }
  if (files.length > 0) return directorySource(files, options)
  switch (backend) {
    case 'samples':
      return sampleSource()
    case 'eicar':
      return eicarSource()
    case 'filesystem':
      return directorySource([artifactDirectory], options)
    case 'urls':
      if (urlList) return urlSource(urlList, perBounty)
      throw new InvalidOptionError({ option: '--url-list', reason: 'the urls backend needs it' })
  }
}
