import type { Command } from 'commander'
import { UNKNOWN_CHOICES, type UnknownPolicy } from '../arbiter/ballot.js'
import { type SourceFlags, TRUTH_SOURCES } from '../arbiter/sources/truth-sources.js'
import { addBackendSettings, type BackendFlags } from './backend-options.js'
import { addDefinedOption } from './defined-options.js'
import {
  addParticipantOptions,
  listOption,
  option,
  type ParticipantFlags,
  share,
  wholeNumber,
} from './participant-options.js'

/** What an arbiter can be told. */
export type ArbiterFlags = ParticipantFlags &
  Omit<BackendFlags, 'backend'> &
  SourceFlags & {
    backend: string[]
    unknown: UnknownPolicy['choice']
    mostUnknown: number
    cases?: string
    keepCases: number
    remindUrl?: string
    remindSecretFile?: string
    remindEvery: number
    remindBefore: number
    deskPort?: number
    deskHost: string
    deskAllowedHosts: string[]
  }

/** Adds the flags of an arbiter: those of all participants, of all truth sources, and its own. */
export function addArbiterOptions(command: Command): Command {
  addParticipantOptions(command).addOption(
    listOption(
      '--backend <name...>',
      'where the truth comes from, in this order, until one knows: ' +
        `${TRUTH_SOURCES.map(({ name }) => name).join(', ')}, or an analysis backend: its name, or a .ts or .js file`,
      'BACKEND',
      ['database'],
    ),
  )
  for (const source of TRUTH_SOURCES) for (const made of source.options) addDefinedOption(command, made)
  command
    .addOption(
      option(
        '--unknown <vote>',
        'what becomes of a bounty with artifacts that no source knows: no vote (abstain), or a guess about them',
        'ARBITER_UNKNOWN',
      )
        .choices(UNKNOWN_CHOICES)
        .default('abstain'),
    )
    .addOption(
      option(
        '--most-unknown <share>',
        'the share of the artifacts of a bounty that is guessed at most; above it there is no vote',
        'ARBITER_MOST_UNKNOWN',
      )
        .argParser(share)
        .default(0.05),
    )
  addCaseBookOption(command).addOption(
    option('--keep-cases <days>', 'how long closed cases stay in the case book', 'ARBITER_KEEP_CASES')
      .argParser(wholeNumber)
      .default(365),
  )
  command
    .addOption(option('--remind-url <url>', 'webhook that is told what waits for people', 'ARBITER_REMIND_URL'))
    .addOption(
      option(
        '--remind-secret-file <file>',
        'file with the secret that reminders are signed with',
        'ARBITER_REMIND_SECRET_FILE',
      ),
    )
    .addOption(
      option('--remind-every <minutes>', 'new cases are reminded of this often at most', 'ARBITER_REMIND_EVERY')
        .argParser(wholeNumber)
        .default(10),
    )
    .addOption(
      option('--remind-before <minutes>', 'once more, so long before a case is too late', 'ARBITER_REMIND_BEFORE')
        .argParser(wholeNumber)
        .default(60),
    )
    .addOption(
      option(
        '--desk-port <port>',
        'serve what waits for people over HTTP, to those who have a key; 0 picks a free port',
        'ARBITER_DESK_PORT',
      ).argParser(wholeNumber),
    )
    .addOption(option('--desk-host <address>', 'where that is served', 'ARBITER_DESK_HOST').default('127.0.0.1'))
    .addOption(
      listOption(
        '--desk-allowed-hosts <name...>',
        'host names that it is served under besides addresses and localhost',
        'ARBITER_DESK_ALLOWED_HOSTS',
        [],
      ),
    )
  return addBackendSettings(command)
}

/** Adds the flag that names the case book. */
export function addCaseBookOption(command: Command): Command {
  return command.addOption(
    option('--cases <file>', 'the case book: what waits for people, and what they decided', 'ARBITER_CASES').default(
      undefined,
      'beside the journal',
    ),
  )
}
