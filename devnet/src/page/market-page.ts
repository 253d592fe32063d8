import { type GuardedServer, PageServer } from '@polyswarm/dashboard'
import type { Faucet } from '../faucet/faucet.js'
import type { MarketFile } from '../market-file.js'
import type { BlockControl } from './block-control.js'

/** What the page of a dev market works with. */
export interface MarketPageOptions {
  port: number
  file: MarketFile
  blocks: BlockControl
  faucet: Faucet
  /** The arbiter's manual queue, where people decide. */
  desk?: GuardedServer | undefined
}

/** The page of a dev market, on 127.0.0.1: market and service as everywhere, and what only a dev market has. */
export function openMarketPage({ port, file, blocks, faucet, desk }: MarketPageOptions): Promise<PageServer> {
  const { polyswarmd, consumerApi, accounts } = file
  const names = Object.fromEntries(Object.entries(accounts).map(([name, { address }]) => [address, name]))
  return PageServer.open({
    port,
    settings: { daemon: true, service: consumerApi !== undefined, arbiter: desk !== undefined, dev: true, names },
    api: {
      daemon: new URL(polyswarmd),
      ...(consumerApi !== undefined && { service: new URL(consumerApi) }),
      ...(desk && { arbiter: desk }),
      dev: (request, response, path) => {
        if (path === '/blocks') void blocks.answer(request, response)
        else if (path === '/faucet') void faucet.answer(request, response)
        else response.writeHead(404).end()
      },
    },
  })
}
