import { exitCodeOf, PolySwarmError, visibleText } from '@polyswarm/protocol'
import { Command, Option } from 'commander'
import { openPage, type PageOptions } from './open-page.js'

const option = (flags: string, description: string, env: string) => new Option(flags, description).env(env)

const program = new Command('polyswarm-page')
  .description('The page on which a market is seen and asked, in front of a daemon, a consumer service and an arbiter')
  .addOption(option('--polyswarmd <url>', 'the daemon whose market is shown', 'PAGE_POLYSWARMD'))
  .addOption(option('--service <url>', 'the consumer API that is asked, with its /v3', 'PAGE_SERVICE'))
  .addOption(option('--arbiter <url>', "the desk of an arbiter's manual queue", 'PAGE_ARBITER'))
  .addOption(option('--host <address>', 'address to listen on', 'PAGE_HOST').default('127.0.0.1'))
  .addOption(option('--port <port>', 'port to listen on, 0 for a free one', 'PAGE_PORT').default('9697'))
  .addOption(
    option('--allowed-hosts <names>', 'names it is served under, separated by commas', 'PAGE_ALLOWED_HOSTS').default(
      '',
    ),
  )

try {
  program.parse()
  const page = await openPage(program.opts<PageOptions>())
  process.stdout.write(`The page is at ${page.url}\n`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void page.close())
} catch (error) {
  const text = error instanceof PolySwarmError ? error.message : ((error as Error)?.stack ?? String(error))
  process.stderr.write(`${visibleText(text)}\n`)
  process.exitCode = exitCodeOf(error)
}
