import { readFileSync } from 'node:fs'
import { WEBHOOK_EVENTS, type WebhookResult } from '@polyswarm/protocol/consumer'
import { Command, Option } from 'commander'
import type { ConsumerClient } from '../client/consumer-client.js'
import type { WebhookSettings } from '../client/webhook-requests.js'
import { InvalidArgumentError, WebhookSilentError } from '../errors.js'
import type { Run } from '../program.js'
import { outcomeOf, reportOutcomes } from '../report/report-outcomes.js'
import { webhookShape } from '../report/webhook-shape.js'
import { listOutcomes } from './list-outcomes.js'

interface WebhookFlags {
  uri?: string
  secretFile?: string
  status?: 'enabled' | 'disabled'
  event: string[]
}

/** `polyswarm notification webhook …` */
export function notificationCommand(run: Run): Command {
  return new Command('notification')
    .description('Has others told of the submissions of your account.')
    .addCommand(webhookCommand(run))
}

function webhookCommand(run: Run): Command {
  const one = (
    name: string,
    description: string,
    work: (client: ConsumerClient, id: string) => Promise<WebhookResult>,
  ) => {
    const command = new Command(name).description(description).argument('<id>', 'of the webhook')
    return command.action((id: string) =>
      run(command, (session) => {
        const outcome = async function* () {
          yield await outcomeOf(() => work(session.client, webhookIn(id)))
        }
        return reportOutcomes(session, webhookShape, outcome())
      }),
    )
  }
  return new Command('webhook')
    .description('Addresses that get a signed POST when a submission is answered.')
    .addCommand(createCommand(run))
    .addCommand(listCommand(run))
    .addCommand(one('get', 'Shows a webhook.', (client, id) => client.webhooks.get(id)))
    .addCommand(updateCommand(run))
    .addCommand(
      one('test', 'Pings a webhook.', async (client, id) => {
        if (await client.webhooks.test(id)) return client.webhooks.get(id)
        throw new WebhookSilentError({ id })
      }),
    )
    .addCommand(one('delete', 'Forgets a webhook.', (client, id) => client.webhooks.delete(id)))
}

function createCommand(run: Run): Command {
  const command = addWebhookOptions(new Command('create').description('Adds a webhook.'))
    .argument('<uri>', 'where it is told')
    .addHelpText('after', '\nThe secret signs what is told. It is asked for in a file, since others can see arguments.')
  return command.action((uri: string) =>
    run(command, (session) => {
      const flags = command.opts<WebhookFlags>()
      if (flags.secretFile === undefined) {
        throw new InvalidArgumentError({ argument: '--secret-file', reason: 'a webhook needs a secret' })
      }
      const outcome = async function* () {
        yield await outcomeOf(() => session.client.webhooks.create({ webhook_uri: uri, ...settingsOf(flags) }))
      }
      return reportOutcomes(session, webhookShape, outcome())
    }),
  )
}

function updateCommand(run: Run): Command {
  const command = addWebhookOptions(new Command('update').description('Changes a webhook; what is not given stays.'))
    .argument('<id>', 'of the webhook')
    .option('--uri <uri>', 'where it is told')
  return command.action((id: string) =>
    run(command, (session) => {
      const flags = command.opts<WebhookFlags>()
      const outcome = async function* () {
        const changes = { webhook_uri: flags.uri, ...settingsOf(flags) }
        yield await outcomeOf(() => session.client.webhooks.change(webhookIn(id), changes))
      }
      return reportOutcomes(session, webhookShape, outcome())
    }),
  )
}

function listCommand(run: Run): Command {
  const command = new Command('list').description('Shows the webhooks of your account.')
  return command.action(() =>
    run(command, (session) => {
      const none = {
        subject: 'this account',
        reason: 'it has no webhook; polyswarm notification webhook create adds one.',
      }
      return reportOutcomes(session, webhookShape, listOutcomes(session.client.webhooks.list(), 1_000, none))
    }),
  )
}

function addWebhookOptions(command: Command): Command {
  return command
    .option('--secret-file <file>', 'file with its secret, 8 characters at least')
    .addOption(new Option('--status <status>', 'whether it is told').choices(['enabled', 'disabled']))
    .addOption(
      new Option('--event <name...>', 'what it is told of; all without it').choices(WEBHOOK_EVENTS).default([], ''),
    )
}

function settingsOf({ secretFile, status, event }: WebhookFlags): WebhookSettings {
  return {
    ...(secretFile !== undefined && { secret: secretIn(secretFile) }),
    ...(status !== undefined && { status }),
    ...(event.length > 0 && { events: event }),
  }
}

function secretIn(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new InvalidArgumentError({ argument: '--secret-file', reason: (error as Error).message })
  }
}

/** The id of a webhook. */
function webhookIn(text: string): string {
  if (/^[1-9]\d{0,15}$/.test(text)) return text
  throw new InvalidArgumentError({ argument: text, reason: 'give the id of a webhook; webhook list shows yours' })
}
