import websocket from '@fastify/websocket'
import type { FastifyInstance } from 'fastify'

/** What clients send is small where they have anything to say at all; they are cut off beyond this many bytes. */
const MAX_INCOMING = 64 * 1024

/** Lets an app take WebSockets, on the same port as its other routes. */
export async function registerWebSockets(app: FastifyInstance): Promise<void> {
  await app.register(websocket, { options: { maxPayload: MAX_INCOMING, perMessageDeflate: false } })
}
