import { amountText, parseNct, stringifyJson } from '@polyswarm/protocol'
import { Command } from 'commander'
import { type ArbiterStatus, readArbiterStatus } from '../arbiter/arbiter-status.js'
import { defaultJournal } from '../runtime/journal/journal-path.js'
import { accountOf } from './microengine-journal.js'
import { option } from './participant-options.js'
import type { Subcommand } from './program.js'

interface StatusFlags {
  journal?: string
  keyfile: string
  chain: 'home' | 'side'
  format: 'text' | 'json'
}

/** The share of bounties that an arbiter must vote on, once there are ten. */
const LINE = 0.9

/** `arbiter status`: how an arbiter does. */
export function statusCommand(): Subcommand {
  const command = new Command('status')
    .description('Shows how the arbiter does: response rate, agreement with the others, earnings, what waits.')
    .addOption(option('--journal <file>', 'the journal; that of the account by default', 'JOURNAL'))
    .addOption(option('--keyfile <file>', 'keystore file of the account', 'KEYFILE').default('keyfile'))
    .addOption(option('--chain <chain>', 'whose journal', 'POLYSWARM_CHAIN').choices(['home', 'side']).default('side'))
    .addOption(
      option('--format <format>', 'how to show it', 'POLYSWARM_FORMAT').choices(['text', 'json']).default('text'),
    )
  return {
    command,
    action: async () => {
      const { journal, keyfile, chain, format } = command.opts<StatusFlags>()
      const status = readArbiterStatus(journal ?? defaultJournal('arbiter', await accountOf(keyfile), chain))
      process.stdout.write(format === 'json' ? `${stringifyJson(status, 2)}\n` : statusText(status))
    },
  }
}

/** Other arbiters that are named, those that agree least first. */
const MOST_NAMED = 10

function othersOf({ others }: ArbiterStatus): string[] {
  const shares = others.map(({ arbiter, agreed, disagreed }) => {
    const artifacts = agreed + disagreed
    return { share: agreed / artifacts, text: `with ${arbiter} on ${agreed} of ${artifacts} artifacts` }
  })
  const named = shares.sort((one, other) => one.share - other.share).slice(0, MOST_NAMED)
  const rest = shares.length - named.length
  return [...named.map(({ text }) => text), ...(rest > 0 ? [`and ${rest} more, who agree more often`] : [])]
}

/** The same in lines for people. */
function statusText(status: ArbiterStatus): string {
  const { responseRate, responses, bounties, agreement, agreed, disagreed } = status
  const percent = (share: number | null): string => (share === null ? 'not known yet' : `${(share * 100).toFixed(1)} %`)
  const warning = responseRate !== null && bounties >= 10 && responseRate < LINE ? ', below the line' : ''
  const lines = [
    ['staked', `${status.staked} NCT`],
    [
      'response rate',
      `${percent(responseRate)} (${responses} of ${bounties} bounties; the line is ${LINE * 100} %${warning})`,
    ],
    ['agreement', `${percent(agreement)} with the other arbiters (${agreed} artifacts alike, ${disagreed} not)`],
    ...othersOf(status).map((text) => ['', text]),
    ['votes', `${status.votes} over, ${status.missed} missed`],
    ['not known', `${status.abstentions} bounties without a vote, ${status.guesses} artifacts guessed`],
    ['open', `${status.undecided} bounties, ${status.waiting} of them wait for a person or a source`],
    ['earned', `${amountText(parseNct(status.earned))} NCT`],
  ]
  return lines.map(([name = '', text]) => `${name.padEnd(14)} ${text}\n`).join('')
}
