import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { PortTakenError } from '../errors.js'

/**
 * Where a free port is looked for: systems take those from 32,768 on (Linux) or 49,152 on (others) for connections that go
 * out, so that one of them may be taken before the program that it is for has started.
 */
const [FIRST, END] = [15_000, 32_768]
/** Ports that are tried before the system is asked for one. */
const TRIES = 64

/**
 * Makes sure that a port can be listened on, or picks one. The port is free when this returns; nothing holds it until the
 * program that it is for takes it.
 *
 * @param port 0 picks a free one.
 * @throws PortTakenError naming the setting that chooses another.
 */
export async function freePort(port: number, setting: string, host = '127.0.0.1'): Promise<number> {
  for (let tries = 0; port === 0 && tries < TRIES; tries++) {
    const picked = await tryPort(randomInt(FIRST, END), host)
    if (picked !== undefined) return picked
  }
  const free = await tryPort(port, host)
  if (free === undefined) throw new PortTakenError({ port, setting })
  return free
}

/** @returns the port, or the one that the system picks for 0; undefined where it is taken. */
async function tryPort(port: number, host: string): Promise<number | undefined> {
  const server = createServer()
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined
    throw error
  }
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : port
}
