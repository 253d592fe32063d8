import { MAX_ARTIFACT_SIZE } from '@polyswarm/protocol/consumer'
import { Command, Option } from 'commander'
import type { ExitStatus } from '../exit-status.js'
import { type AskFlags, addAskOptions, duration, wholeFrom } from '../options.js'
import type { Run } from '../program.js'
import { isMalicious } from '../report/conclusion.js'
import { type Outcome, reportOutcomes } from '../report/report-outcomes.js'
import { answerShape } from '../report/shapes.js'
import { artifactsOf, type FoundArtifact, type PassedOver, type TargetKind } from '../scan/artifact-walk.js'
import { asCompleted } from '../scan/as-completed.js'
import { type Answered, type ScanSettings, scanArtifact } from '../scan/scan-artifact.js'
import { Semaphore } from '../scan/semaphore.js'
import type { Session } from '../session.js'
import { askOutcome, waitSettingsOf } from './ask.js'

interface ScanFlags extends AskFlags {
  fresh: boolean
  maxAge: number
  private: boolean
  expirationWindow?: number
  password?: string
  maxArtifactSize: number
}

/** As many submissions as fit into one bounty are waited for at a time. */
const AT_A_TIME = 256

/** `polyswarm scan [file|url] FILE|DIR|URL|-…` */
export function scanCommand(run: Run): Command {
  const command = addAskOptions(
    new Command('scan').description(
      'Has files, the files below directories, URLs and standard input (-) judged by the market. What it judged lately is ' +
        'answered at once, without an upload.',
    ),
  )
    .argument('<target...>', 'FILE, DIRECTORY, URL or -; "file" or "url" in front says what all of them are')
    .option('--fresh', 'ask the market even if it judged the same artifact lately', false)
    .addOption(
      new Option('--max-age <time>', 'how old such an answer may be')
        .argParser(duration)
        .default(duration('24h'), '24h'),
    )
    .option('--private', 'keep artifact and answer to your account', false)
    .addOption(new Option('--expiration-window <days>', 'when the service deletes both').argParser(wholeFrom(1, 3_650)))
    .option('--password <password>', 'password of an archive, told to the engines')
    .addOption(
      new Option('--max-artifact-size <bytes>', 'refuse larger ones')
        .argParser(wholeFrom(1, 2 ** 31))
        .default(MAX_ARTIFACT_SIZE),
    )
    .addOption(new Option('-s, --scan-config <name>', 'accepted for compatibility').hideHelp())
  return command.action((words: string[]) => run(command, (session) => scan(session, words, command.opts<ScanFlags>())))
}

async function scan(session: Session, words: readonly string[], flags: ScanFlags): Promise<ExitStatus> {
  const { client, submissions, io, say } = session
  const { fresh, maxAge, expirationWindow, password, maxArtifactSize } = flags
  const wait = waitSettingsOf(flags)
  const settings: ScanSettings = {
    fresh,
    maxAge,
    private: flags.private,
    expirationWindow,
    password,
    maxArtifactSize,
    wait,
  }
  const gate = new Semaphore(session.flags.parallel)
  const context = { client, gate, submissions, inFlight: new Map(), signal: io.signal, now: io.now }
  const { kind, targets } = kindOf(words)
  let passedOver = 0
  const work = async (found: FoundArtifact | PassedOver): Promise<Outcome<Answered>> => {
    if ('passedOver' in found) {
      passedOver++
      return {}
    }
    return askOutcome(found.target, () => scanArtifact(found, settings, context))
  }
  const outcomes = asCompleted(artifactsOf(targets, kind, io.stdin), AT_A_TIME, work)
  const status = await reportOutcomes(
    session,
    answerShape(session.style),
    outcomes,
    flags.exitStatus ? isMalicious : undefined,
  )
  if (passedOver > 0) say(`Links and special files in directories that were passed over: ${passedOver}.`)
  return status
}

/** `file` or `url` in front of others says what they are; alone it is the name of a file. */
function kindOf(words: readonly string[]): { kind: TargetKind; targets: readonly string[] } {
  const [first, ...rest] = words
  if (rest.length > 0 && (first === 'file' || first === 'url')) return { kind: first, targets: rest }
  return { kind: 'either', targets: words }
}
