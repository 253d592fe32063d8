import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { InvalidOptionError } from '../errors.js'
import type { Metrics } from './metrics.js'

/**
 * Serves metrics at `/metrics`, on this machine only unless told otherwise.
 *
 * @param port 0 picks a free one.
 * @returns where it listens, and how to end it.
 * @throws InvalidOptionError where the port is taken.
 */
export async function serveMetrics(
  metrics: Metrics,
  { host = '127.0.0.1', port }: { host?: string; port: number },
): Promise<{ url: string; stop: () => void }> {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end()
      return
    }
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(metrics.text())
  })
  server.listen(port, host)
  await once(server, 'listening').catch((error: Error) => {
    throw new InvalidOptionError({ option: '--metrics-port', reason: error.message })
  })
  server.unref()
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://${host}:${taken}/metrics`,
    stop: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
