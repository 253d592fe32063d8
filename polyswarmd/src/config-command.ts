import { Command } from 'commander'
import { requiresKeys } from './access/key-policy.js'
import { kuboVersion } from './artifacts/kubo/kubo-rpc.js'
import { createLog } from './log.js'
import { type Flags, readFlags, readSettings, settingOptions } from './settings.js'

/** Where a value came from, in words. */
const SOURCES: Record<string, string> = { cli: 'flag', env: 'environment', config: 'file', default: 'default' }

/** Settings that nobody who looks over a shoulder should read. */
const SECRETS = new Set(['ipfsAuthorization'])

/** `polyswarmd config check`: what the daemon would run with, and whether it could; nothing is started or written. */
export function configCommand(): Command {
  const check = new Command('check')
    .description('check flags, environment, configuration and deployment files, and print what holds')
    .action(async (_flags: Flags, command: Command) => {
      const flags = readFlags(command)
      const settings = readSettings(flags)
      createLog({ level: flags.logLevel, format: flags.logFormat })
      for (const option of command.options) {
        const name = option.attributeName()
        const value = command.getOptionValue(name) as string | undefined
        if (value === undefined) continue
        const source = SOURCES[command.getOptionValueSource(name) ?? ''] ?? 'default'
        process.stdout.write(`${option.long?.slice(2)} = ${SECRETS.has(name) ? 'hidden' : value} (${source})\n`)
      }
      for (const [chain, { chain_id: id, bounty_registry_address: registry }] of Object.entries(settings.chains)) {
        process.stdout.write(`${chain} chain ${id}, bounty registry ${registry}\n`)
      }
      const keys = requiresKeys(settings.apiKeys ?? 'auto', settings.host ?? '127.0.0.1')
      if (settings.kubo) process.stdout.write(`artifacts are kept in Kubo ${await kuboVersion(settings.kubo)}\n`)
      process.stdout.write(`API keys are ${keys ? '' : 'not '}required\nThe configuration can be used\n`)
    })
  for (const option of settingOptions()) check.addOption(option)
  return new Command('config').description('look after the configuration').addCommand(check)
}
