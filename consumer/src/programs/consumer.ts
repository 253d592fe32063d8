import { setTimeout as delay } from 'node:timers/promises'
import { InvalidOptionError } from '@polyswarm/participants/ambassador'
import {
  addParticipantOptions,
  addPostingOptions,
  atLeastOne,
  baseUnitsArgument,
  createLogger,
  gatewayOf,
  listOption,
  option,
  type ParticipantFlags,
  type PostingFlags,
  postingOptionsOf,
  runParticipant,
  runProgram,
  wholeNumber,
} from '@polyswarm/participants/programs'
import { MAX_ARTIFACTS, PolySwarmError } from '@polyswarm/protocol'
import { Command } from 'commander'
import { ConsumerService } from '../consumer-service.js'
import { engineNames } from '../market/engine-names.js'
import { servedPage } from '../served-page.js'
import { accountsCommand } from './consumer-accounts.js'
import { databaseOption, dataOption } from './data-option.js'

interface ServeFlags extends ParticipantFlags, PostingFlags {
  data: string
  database?: string
  host: string
  port: number
  pagePort?: number
  allowedHosts: string[]
  allowAddresses: string[]
  requireKeys: boolean
  requestsPerMinute: number
  gather: number
  freshFor: number
  budget?: bigint
  retention?: number
  maxStoredBytes: number
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/

/** Milliseconds after which a market that could not be reached is tried again. */
const PAUSE = 5_000

const command = addPostingOptions(
  addParticipantOptions(
    new Command('consumer').description(
      'Answers people and programs over HTTP (consumer API v3): what they submit is posted as bounties.',
    ),
  ),
  64,
)
  .addOption(dataOption())
  .addOption(databaseOption())
  .addOption(option('--host <address>', 'where the API is served', 'CONSUMER_HOST').default('127.0.0.1'))
  .addOption(
    option('--port <port>', 'its port; 0 picks a free one', 'CONSUMER_PORT').argParser(wholeNumber).default(9696),
  )
  .addOption(
    option(
      '--page-port <port>',
      'port of a page for people; 0 picks a free one, none without it',
      'CONSUMER_PAGE_PORT',
    ).argParser(wholeNumber),
  )
  .addOption(
    listOption(
      '--allowed-hosts <name...>',
      'host names that it is served under besides addresses and localhost',
      'CONSUMER_ALLOWED_HOSTS',
      [],
    ),
  )
  .addOption(
    listOption(
      '--allow-addresses <range...>',
      'addresses that webhooks of customers may have besides public ones, such as 10.0.0.0/8',
      'CONSUMER_ALLOW_ADDRESSES',
      [],
    ),
  )
  .addOption(
    option(
      '--require-keys',
      'ask for API keys on loopback as well; elsewhere they are always asked for',
      'REQUIRE_KEYS',
    ).default(false),
  )
  .addOption(
    option('--requests-per-minute <count>', 'requests of one account', 'REQUESTS_PER_MINUTE')
      .argParser(wholeNumber)
      .default(6_000),
  )
  .addOption(
    option(
      '--gather <milliseconds>',
      `how long a submission waits for others, up to ${MAX_ARTIFACTS}, to be posted together`,
      'POLYSWARM_GATHER',
    )
      .argParser(wholeNumber)
      .default(500),
  )
  .addOption(
    option('--fresh-for <minutes>', 'how long the same bytes get the same answer; 0 for never', 'FRESH_FOR')
      .argParser(wholeNumber)
      .default(60),
  )
  .addOption(
    option('--budget <units>', 'most that all accounts together may ever spend, in base units', 'POLYSWARM_BUDGET')
      .argParser(baseUnitsArgument)
      .default(undefined, 'no limit'),
  )
  .addOption(
    option('--retention <days>', 'how long submissions are kept', 'POLYSWARM_RETENTION')
      .argParser(wholeNumber)
      .default(undefined, 'for ever'),
  )
  .addOption(
    option('--max-stored-bytes <bytes>', 'bytes of all artifacts that are kept', 'MAX_STORED_BYTES')
      .argParser(wholeNumber)
      .default(20 * 1024 ** 3),
  )

await runProgram(command, (signal) => serve(command.opts<ServeFlags>(), signal), [accountsCommand()])

async function serve(flags: ServeFlags, signal: AbortSignal): Promise<void> {
  const { chains, port, retention, host } = flags
  const posting = postingOptionsOf(flags)
  atLeastOne({ '--retention': retention })
  if (port > 65_535) throw new InvalidOptionError({ option: '--port', reason: 'it is at most 65535' })
  if (chains.length !== 1) throw new InvalidOptionError({ option: '--chains', reason: 'a service posts on one chain' })
  if (flags.testing > 0) throw new InvalidOptionError({ option: '--testing', reason: 'a service does not end' })
  const logger = createLogger({ level: flags.log, format: flags.logFormat }, process.stdout)
  const service = await ConsumerService.start({
    ...{
      data: flags.data,
      database: flags.database,
      host,
      port,
      hosts: flags.allowedHosts,
      webhookAddresses: flags.allowAddresses,
      logger,
    },
    ...posting,
    keysRequired: flags.requireKeys || !LOOPBACK.test(host),
    requestsPerMinute: flags.requestsPerMinute,
    gather: flags.gather,
    freshFor: flags.freshFor * 60_000,
    budget: flags.budget ?? null,
    retention: retention ?? null,
    maxStoredBytes: flags.maxStoredBytes,
    maxArtifactSize: flags.maxArtifactSize,
    nameOf: await engineNames(flags.market),
  })
  logger.info({ url: service.url }, 'the consumer API is served')
  let page: Awaited<ReturnType<typeof servedPage>>
  try {
    page = await servedPage({ ...flags, service: service.url, daemon: await gatewayOf(flags) })
    if (page) logger.info({ url: page.url }, 'the page is served')
    await takePart(service, flags, signal)
  } finally {
    await page?.close()
    await service.stop()
  }
}

/** Takes part in the market, and again where it was away: who asks meanwhile is told. */
async function takePart(service: ConsumerService, flags: ServeFlags, signal: AbortSignal): Promise<void> {
  const logger = createLogger({ level: flags.log, format: flags.logFormat }, process.stdout)
  while (!signal.aborted) {
    try {
      await runParticipant(() => service.role(), flags, signal)
      return
    } catch (error) {
      if (!(error instanceof PolySwarmError && error.retryable)) throw error
      service.trouble = error.message
      logger.warn({ reason: error.message }, 'will try again')
      await delay(PAUSE, undefined, { signal }).catch(() => undefined)
    }
  }
}
