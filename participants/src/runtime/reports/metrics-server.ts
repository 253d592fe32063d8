import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { foreignHeader } from '@polyswarm/protocol'
import { plainHttp } from '../../client/plain-http.js'
import { InvalidOptionError } from '../../errors.js'
import type { Metrics } from './metrics.js'

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/

/**
 * Serves metrics at `/metrics`, on this machine only unless told otherwise. Pages in a user's browser get nothing, whatever
 * name they found for this machine.
 *
 * @param hosts names to answer to besides addresses, `localhost` and, beyond loopback, any name without a dot.
 * @param port 0 picks a free one.
 * @returns where it listens, and how to end it.
 * @throws InvalidOptionError where the port is taken.
 */
export async function serveMetrics(
  metrics: Metrics,
  { host = '127.0.0.1', port, hosts = [] }: { host?: string; port: number; hosts?: readonly string[] },
): Promise<{ url: string; stop: () => void }> {
  const names = { hosts: hosts.map((name) => name.toLowerCase()), origins: [], plainNames: !LOOPBACK.test(host) }
  const server = plainHttp.http.createServer((request, response) => {
    const foreign = foreignHeader(request.headers, names)
    if (foreign !== null) {
      const text = { host: 'not the name of this host: see --metrics-allowed-hosts', origin: 'not for pages of others' }
      response.writeHead(foreign === 'host' ? 421 : 403, { 'content-type': 'text/plain' }).end(`${text[foreign]}\n`)
      return
    }
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
