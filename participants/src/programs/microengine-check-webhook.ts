import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import { eicarTestFile } from '../artifacts/eicar.js'
import { CheckFailedError, InvalidOptionError, WebhookSecretError } from '../errors.js'
import { webhookCases } from '../testing/webhook-cases.js'
import { AnswerDesk } from '../webhook/answer-desk.js'
import { findingOfAnswer } from '../webhook/webhook-answer.js'
import { option } from './participant-options.js'
import type { Subcommand } from './program.js'
import { textTable } from './text-table.js'

interface Flags {
  webhookUrl?: string
  webhookSecretFile?: string
  webhookListen: string
  webhookPublicUrl?: string
}

const RANGE = { minimum: 1_000n, maximum: 2_000n }
/** Milliseconds for which an answer on EICAR is waited for. */
const PATIENCE = 30_000

/** Tries a webhook on what a marketplace may send. */
export function checkWebhookCommand(): Subcommand {
  const command = new Command('check-webhook')
    .description('Tries a webhook on all that a marketplace may send: pings, bounties, wrong signatures, nonsense.')
    .addOption(option('--webhook-url <url>', 'the webhook', 'WEBHOOK_URL'))
    .addOption(option('--webhook-secret-file <file>', 'file with the secret', 'WEBHOOK_SECRET_FILE'))
    .addOption(
      option('--webhook-listen <address>', 'host:port where it fetches artifacts', 'WEBHOOK_LISTEN').default(
        '127.0.0.1:0',
      ),
    )
    .addOption(option('--webhook-public-url <url>', 'how it reaches that, if by another name', 'WEBHOOK_PUBLIC_URL'))
  return {
    command,
    action: async (signal) => {
      const { webhookUrl: url, webhookSecretFile, webhookListen, webhookPublicUrl: publicUrl } = command.opts<Flags>()
      if (url === undefined) throw new InvalidOptionError({ option: '--webhook-url', reason: 'say where it is' })
      if (webhookSecretFile === undefined) {
        throw new InvalidOptionError({ option: '--webhook-secret-file', reason: 'name the file with the secret' })
      }
      const secret = await secretIn(webhookSecretFile)
      const [, host = '127.0.0.1', port = '0'] = /^(.*):(\d+)$/.exec(webhookListen) ?? []
      const desk = await AnswerDesk.start({ host, port: Number(port), publicUrl })
      const rows: string[][] = []
      const problems: string[] = []
      try {
        const read = (value: unknown) => findingOfAnswer(value, { phase: 'assertion', range: RANGE })
        const until = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)])
        const { finding, ...addresses } = desk.open({ content: eicarTestFile(), read }, until)
        const answer = finding.then(
          ({ outcome, confidence, family = '' }) => `${outcome} ${confidence.toFixed(2)} ${family}`.trim(),
          () => undefined,
        )
        for (const { title, run } of webhookCases({ url, secret, ...addresses })) {
          signal.throwIfAborted()
          const problem = await run().then(
            () => undefined,
            (error: Error) => error.message.split('\n')[0] ?? 'it failed',
          )
          if (problem !== undefined) problems.push(`${title}: ${problem}`)
          rows.push([title, problem ?? 'yes'])
        }
        const said = await answer
        if (said === undefined) problems.push('brings an answer: none came')
        rows.push(['brings an answer', said ?? 'none came'])
      } finally {
        desk.stop()
      }
      process.stdout.write(textTable(['rule', 'kept'], rows))
      if (problems.length > 0) throw new CheckFailedError({ problems })
    },
  }
}

async function secretIn(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new WebhookSecretError({ path, reason: cause.message, cause })
  })
  return text.replace(/\r?\n$/, '')
}
