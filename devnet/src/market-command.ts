import { exitCodeOf, PolySwarmError, readSwitches, visibleText } from '@polyswarm/protocol'
import { Command, Option } from 'commander'
import { refuseOptionsKeptByNpm } from './npm-options.js'
import { runMarket } from './run-market.js'
import { parseSettings, type RawSettings, USUAL_DATA } from './settings.js'

const program = new Command('polyswarm-market')
  .description(
    'A whole PolySwarm market on this machine: chain, contracts, polyswarmd, arbiter, microengines, ambassador',
  )
  .addOption(option('--data <dir>', 'where the market lives', 'MARKET_DATA', USUAL_DATA))
  .addOption(option('--port <port>', 'port of polyswarmd, 0 for a free one', 'MARKET_PORT', '31337'))
  .addOption(
    option('--chain-port <port>', "port of the chain's JSON-RPC, 0 for a free one", 'MARKET_CHAIN_PORT', '8545'),
  )
  .addOption(option('--block-time <seconds>', 'time between blocks', 'MARKET_BLOCK_TIME', '0.2'))
  .addOption(option('--engines <n>', 'number of microengines', 'MARKET_ENGINES', '3'))
  .addOption(
    option(
      '--engine <[name=]file>',
      'an engine of your own that takes part; several times for several',
      'MARKET_ENGINE',
    ).argParser((text: string, before: string[] = []) => [...before, ...text.split(',').filter(Boolean)]),
  )
  .addOption(
    option(
      '--without <program>',
      'leave a program of the market out, so that one of your own takes its place: arbiter, ambassador',
      'MARKET_WITHOUT',
    ).argParser((text: string, before: string[] = []) => [...before, ...text.split(',').filter(Boolean)]),
  )
  .addOption(option('--api-2018-port <port>', 'port for programs of 2018, 0 for a free one', 'MARKET_API_2018_PORT'))
  .addOption(
    option(
      '--consumer-port <port>',
      'port of the API that people ask, 0 for a free one; 9696 by default, or a free one',
      'MARKET_CONSUMER_PORT',
    ),
  )
  .addOption(
    option(
      '--page-port <port>',
      'port of the page on which the market is seen, 0 for a free one; 9697 by default, or a free one',
      'MARKET_PAGE_PORT',
    ),
  )
  .addOption(option('--watch', 'start an engine of your own anew when its files change', 'MARKET_WATCH'))
  .addOption(
    option(
      '--check <command>',
      'with --watch: what must succeed before a changed engine is started, instead of microengine check',
      'MARKET_CHECK',
    ),
  )
  .addOption(
    option(
      '--manual',
      'what the arbiter does not know waits until somebody decides it on the page, and is not taken for benign',
      'MARKET_MANUAL',
    ),
  )
  .addOption(
    option('--two-chains', 'a home chain besides, from where NCT is deposited and withdrawn to', 'MARKET_TWO_CHAINS'),
  )
  .addOption(option('--every <seconds>', 'post everything again and again', 'MARKET_EVERY'))
  .addOption(option('--artifacts <dir>', 'post the files of this directory instead of the samples', 'MARKET_ARTIFACTS'))
  .addOption(
    option(
      '--urls <file>',
      'post the URLs of this list instead of files: one on each line, malicious or benign behind it; not with --artifacts',
      'MARKET_URLS',
    ),
  )
  .addOption(option('--once', 'stop when all that was posted is settled', 'MARKET_ONCE'))
  .addOption(option('--json', 'with --once: print one JSON document on stdout at the end', 'MARKET_JSON'))

// What the market and its programs write is nobody else's to read.
process.umask(0o077)
try {
  refuseOptionsKeptByNpm(
    program.options.flatMap(({ long }) => long ?? []),
    process.env,
  )
  readSwitches(program)
  program.action(async (flags: RawSettings) => {
    process.exitCode = await runMarket(parseSettings(flags))
  })
  await program.parseAsync()
} catch (error) {
  const text = error instanceof PolySwarmError ? error.message : ((error as Error)?.stack ?? String(error))
  process.stderr.write(`${text.split('\n').map(visibleText).join('\n')}\n`)
  process.exitCode = exitCodeOf(error)
}
process.exit()

function option(flags: string, description: string, env: string, byDefault?: string): Option {
  const made = new Option(flags, description).env(env)
  return byDefault === undefined ? made : made.default(byDefault)
}
