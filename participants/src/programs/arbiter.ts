import { Command } from 'commander'
import type { Logger } from 'pino'
import { ArbiterRole } from '../arbiter/arbiter-role.js'
import { CaseBook } from '../arbiter/cases/case-book.js'
import { CaseDesk } from '../arbiter/cases/case-desk.js'
import type { CaseReminder, CaseReminderOptions } from '../arbiter/cases/case-reminder.js'
import type { DeskServer } from '../arbiter/cases/desk-server.js'
import { makeTruth } from '../arbiter/sources/truth-sources.js'
import { InvalidOptionError } from '../errors.js'
import type { BackendSettings } from '../microengine/load-backend.js'
import { QueuedBackend } from '../queue/queued-backend.js'
import { caseBookPath, decideCommand, queueCommand, showCommand } from './arbiter-cases.js'
import { type ArbiterFlags, addArbiterOptions } from './arbiter-options.js'
import { reviewerCommand } from './arbiter-reviewers.js'
import { statusCommand } from './arbiter-status.js'
import { truthCommand } from './arbiter-truth.js'
import { backendListener, backendSettings } from './backend-options.js'
import { workerCommand } from './microengine-worker.js'
import { runProgram } from './program.js'
import { addQueueOptions, type QueueFlags, queueOf } from './queue-options.js'
import { type RoleFactory, runParticipant } from './run-participant.js'

const DAY = 86_400_000
const MINUTE = 60_000

const command = addQueueOptions(
  addArbiterOptions(
    new Command('arbiter').description('Votes what the artifacts of bounties really are, by what it knows of them.'),
  ),
)

await runProgram(command, (signal) => arbitrate(command.opts<ArbiterFlags & QueueFlags>(), signal), [
  queueCommand(),
  showCommand(),
  decideCommand(),
  truthCommand(),
  reviewerCommand(),
  statusCommand(),
  workerCommand(),
])

async function arbitrate(flags: ArbiterFlags & QueueFlags, signal: AbortSignal): Promise<void> {
  const { backend: names, deskPort, maxArtifactSize, testing: settleCount, unknown: choice, mostUnknown: most } = flags
  const books: CaseBook[] = []
  // One for all chains.
  let server: Promise<DeskServer> | undefined
  const makeRole: RoleFactory = async ({ logger, metrics, account, chain }) => {
    const warn = (message: string): void => logger.warn(message)
    const timeLimit = flags.scanTimeLimit
    const queue = flags.queue === undefined ? undefined : { ...(await queueOf(flags)), logger, metrics, timeLimit }
    const backends: BackendSettings = {
      ...backendSettings(flags, backendListener(logger)),
      phase: 'arbitration',
      ...(queue && { elsewhere: (name: string) => new QueuedBackend({ ...queue, name }) }),
    }
    const truth = await makeTruth(names, flags, { backends, timeLimit, warn })
    let desk: CaseDesk | undefined
    if (truth.waitsForPeople) {
      const book = CaseBook.open(caseBookPath(flags, account))
      books.push(book)
      const reminder = await reminderOf(flags, { book, chain, logger })
      desk = new CaseDesk({
        reminder,
        book,
        chain,
        metrics,
        keptFor: flags.keepCases * DAY,
        now: () => Date.now(),
      })
      if (deskPort !== undefined) {
        server ??= startServer(book, flags, logger)
        const { url } = (await server).serve(chain, desk)
        logger.info({ url }, 'the desk is served')
      }
    } else if (deskPort !== undefined) {
      throw new InvalidOptionError({
        option: '--desk-port',
        reason: 'nothing waits for people: add manual to --backend',
      })
    }
    return new ArbiterRole({ truth, desk, metrics, maxArtifactSize, settleCount, unknown: { choice, most } })
  }
  try {
    await runParticipant(makeRole, flags, signal)
  } finally {
    await (await server?.catch(() => undefined))?.stop()
    for (const book of books) book.close()
  }
}

/** Who is reminded of what waits; nobody without a webhook. */
async function reminderOf(
  { remindUrl: url, remindSecretFile: secretFile, remindEvery, remindBefore }: ArbiterFlags,
  scope: Pick<CaseReminderOptions, 'book' | 'chain'> & { logger: Logger },
): Promise<CaseReminder | undefined> {
  if (url === undefined) return undefined
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    throw new InvalidOptionError({ option: '--remind-url', reason: 'it is no http or https address' })
  }
  if (secretFile === undefined) {
    throw new InvalidOptionError({ option: '--remind-secret-file', reason: 'reminders are signed: name the secret' })
  }
  const [{ CaseReminder }, { WebhookSecret }, { WebhookSender }] = await Promise.all([
    import('../arbiter/cases/case-reminder.js'),
    import('../webhook/webhook-secret.js'),
    import('../webhook/webhook-sender.js'),
  ])
  const { logger } = scope
  const carrier = new WebhookSender({ url, secret: await WebhookSecret.read(secretFile), logger })
  const [every, urgentBefore] = [remindEvery * MINUTE, remindBefore * MINUTE]
  return new CaseReminder({ ...scope, carrier, every, urgentBefore, now: () => Date.now() })
}

/** Loaded only where it is used. */
async function startServer(
  book: CaseBook,
  { deskHost, deskPort, deskAllowedHosts }: ArbiterFlags,
  logger: Logger,
): Promise<DeskServer> {
  const { DeskServer } = await import('../arbiter/cases/desk-server.js')
  return DeskServer.start({ book, host: deskHost, port: deskPort ?? 0, hosts: deskAllowedHosts, logger })
}
