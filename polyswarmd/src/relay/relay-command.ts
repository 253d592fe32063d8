import { Command, Option } from 'commander'
import { closeTransport } from '../chain/chain-transport.js'
import { readDeployment } from '../chain/deployment.js'
import { openDataDirectory } from '../data-directory.js'
import { addSignerOptions, type SignerFlags, signerOf } from '../deploy/signer-options.js'
import { createLog } from '../log.js'
import { integer } from '../settings.js'
import { checkRelayEnd, relayEnd } from './relay-end.js'
import { RelayJournal } from './relay-journal.js'
import { RelayVerifier } from './relay-verifier.js'

interface RelayFlags extends SignerFlags {
  home: string
  side: string
  data: string
  confirmations: string
  pollingInterval: string
  logLevel: string
  logFormat: string
}

/** `polyswarmd relay`: one of the verifiers that bring NCT from one chain to the other. */
export function relayCommand(): Command {
  const option = (flags: string, description: string, variable: string) => new Option(flags, description).env(variable)
  return addSignerOptions(
    new Command('relay').description('verify what is sent from one chain to the other, and approve it there'),
  )
    .addOption(option('--home <file>', 'deployment file of the home chain', 'POLYSWARMD_HOME').makeOptionMandatory())
    .addOption(option('--side <file>', 'deployment file of the side chain', 'POLYSWARMD_SIDE').makeOptionMandatory())
    .addOption(
      option('--data <dir>', 'where it keeps how far it has read', 'POLYSWARMD_RELAY_DATA').default('relay-data'),
    )
    .addOption(
      option(
        '--confirmations <blocks>',
        'blocks on a transfer before it is approved',
        'POLYSWARMD_RELAY_CONFIRMATIONS',
      ).default('12'),
    )
    .addOption(
      option('--polling-interval <ms>', 'time between two looks at the chains', 'POLYSWARMD_POLLING_INTERVAL').default(
        '1000',
      ),
    )
    .addOption(option('--log-level <level>', 'how much to tell', 'LOG_LEVEL').default('info'))
    .addOption(option('--log-format <format>', 'text or json', 'LOG_FORMAT').default('text'))
    .action(verify)
}

async function verify(flags: RelayFlags): Promise<void> {
  const confirmations = integer('--confirmations', flags.confirmations, 0, 10_000)
  const interval = integer('--polling-interval', flags.pollingInterval, 10, 60_000)
  const log = createLog({ level: flags.logLevel, format: flags.logFormat })
  process.stdout.on('error', () => undefined)
  const home = relayEnd('home', readDeployment(flags.home))
  const side = relayEnd('side', readDeployment(flags.side))
  const account = await signerOf(flags)
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  const data = openDataDirectory(flags.data)
  // What a chain pays is what was sent to the relay of the other.
  const journal = RelayJournal.open(data.path('relay.sqlite'), { home: home.relay, side: side.relay })
  try {
    await Promise.all([checkRelayEnd(home), checkRelayEnd(side)])
    log.info({ account: account.address, home: home.relay, side: side.relay }, 'verifying')
    await new RelayVerifier({ home, side, account, journal, confirmations, log, interval }).run(stop.signal)
    log.info('stopped')
  } finally {
    journal.close()
    data.release()
    await Promise.all([closeTransport(home.client), closeTransport(side.client)])
  }
}
