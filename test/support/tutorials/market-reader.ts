import { fileURLToPath } from 'node:url'
import { freePort } from '../free-port.ts'
import { type Instead, Reader } from './reader.ts'

const LIGHT_KEYSTORES = fileURLToPath(new URL('../light-keystores.js', import.meta.url))

/** Makes a reader whose market takes free ports, so that it runs beside others on this machine, and whose keystores cost little. */
export async function marketReader(instead: readonly Instead[]): Promise<Reader> {
  const port = String(await freePort())
  return new Reader({
    ownHosts: true,
    onlyWhereSlow: /^scanned \d+ of \d+: .*\n/gm,
    env: {
      NODE_OPTIONS: `--import=${LIGHT_KEYSTORES}`,
      MARKET_PORT: port,
      MARKET_CHAIN_PORT: '0',
      MARKET_CONSUMER_PORT: '0',
      MARKET_PAGE_PORT: '0',
      POLYSWARMD_ADDR: `http://127.0.0.1:${port}`,
    },
    instead: [...instead, ['31337', port]],
  })
}
