import { parseNct } from '@polyswarm/protocol'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Logger } from 'pino'
import type { Address } from 'viem'
import { Alerts } from '../alerts/alerts.js'
import type { BalanceFloors } from '../alerts/balance-watch.js'
import { InvalidOptionError } from '../errors.js'
import type { Metrics } from '../runtime/reports/metrics.js'

/** Who is told of what a person has to mend. */
export interface AlertFlags {
  alertWebhook?: string
  alertSecretFile?: string
}

/** When an account has too little; in base units and wei. */
export interface FloorFlags {
  lowBalance?: bigint
  lowGas: bigint
}

/** Adds the flags that say who is told. */
export function addAlertOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--alert-webhook <url>', 'URL that is told of what a person has to mend')
        .env('ALERT_WEBHOOK')
        .argParser(webUrl),
    )
    .addOption(new Option('--alert-secret-file <file>', 'file with the secret that signs it').env('ALERT_SECRET_FILE'))
}

/** Adds the flags that say what is too little. */
export function addFloorOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--low-balance <nct>', 'warn below so many NCT; 10 by default, 0 for a keeper')
        .env('LOW_BALANCE')
        .argParser(nct),
    )
    .addOption(
      new Option('--low-gas <coins>', "warn below so much of the chain's coin, where gas is not free")
        .env('LOW_GAS')
        .argParser(nct)
        .default(parseNct('0.01'), '0.01'),
    )
}

/** What is too little where nothing is said: a keeper needs no NCT. */
export function floorsOf({ lowBalance, lowGas }: FloorFlags, role: string): BalanceFloors {
  return { nct: lowBalance ?? (role === 'keeper' ? 0n : parseNct('10')), coin: lowGas }
}

/** The file with the secret; '' where nobody is told. @throws InvalidOptionError for a webhook without one. */
export function checkAlerts({ alertWebhook, alertSecretFile }: AlertFlags): string {
  if (alertWebhook === undefined || alertSecretFile !== undefined) return alertSecretFile ?? ''
  throw new InvalidOptionError({ option: '--alert-secret-file', reason: 'alerts are signed: name the secret' })
}

/**
 * Makes the alerts that the flags ask for, works with them, and gives up what could not be delivered by the end.
 *
 * @throws InvalidOptionError for a webhook without a secret, WebhookSecretError for a secret that cannot be read.
 */
export async function withAlerts<T>(
  flags: AlertFlags,
  { account, logger, metrics }: { account: Address; logger: Logger; metrics?: Metrics },
  work: (alerts: Alerts) => Promise<T>,
): Promise<T> {
  const { alertWebhook: url } = flags
  if (url === undefined) return work(new Alerts({ account, logger, metrics }))
  const secretFile = checkAlerts(flags)
  const [{ AlertWebhook }, { WebhookSecret }, { WebhookSender }] = await Promise.all([
    import('../alerts/alert-webhook.js'),
    import('../webhook/webhook-secret.js'),
    import('../webhook/webhook-sender.js'),
  ])
  const sender = new WebhookSender({ url, secret: await WebhookSecret.read(secretFile), logger })
  const webhook = new AlertWebhook({ sender, logger })
  try {
    return await work(new Alerts({ account, logger, metrics, tell: (notice) => webhook.send(notice) }))
  } finally {
    webhook.close()
  }
}

function webUrl(text: string): string {
  const url = URL.parse(text)
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return text
  throw new InvalidArgumentError('Give an http or https URL without a password in it.')
}

function nct(text: string): bigint {
  try {
    return parseNct(text)
  } catch {
    throw new InvalidArgumentError('Give a number, such as 12.5.')
  }
}
