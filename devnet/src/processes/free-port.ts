import { once } from 'node:events'
import { createServer } from 'node:net'
import { PortTakenError } from '../errors.js'

/**
 * Makes sure that a port can be listened on, or picks one. The port is free when this returns; nothing holds it until the
 * program that it is for takes it.
 *
 * @param port 0 picks a free one.
 * @throws PortTakenError naming the setting that chooses another.
 */
export async function freePort(port: number, setting: string, host = '127.0.0.1'): Promise<number> {
  const server = createServer()
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') throw new PortTakenError({ port, setting })
    throw error
  }
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : port
}
