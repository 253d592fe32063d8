import type { Attack } from '../attack.ts'

const SOCKETS = 5
const HELD = 5_000

/** Subscribers that talk where only listening is meant. */
export const talkers: Attack = {
  name: 'talkers',
  tries: 'send large and many messages on the event stream, which takes none',
  purses: {},
  pause: 15_000,
  strike: async (arena, tally) => {
    const url = new URL('/events?since=latest', arena.daemon)
    url.protocol = 'ws:'
    let over = false
    const sockets = Array.from({ length: SOCKETS }, () => new WebSocket(url))
    for (const [index, socket] of sockets.entries()) {
      socket.addEventListener('open', () => {
        if (index === 0) socket.send('x'.repeat(8 * 1024 * 1024))
        else for (let sent = 0; sent < 2_000; sent++) socket.send('[]')
      })
      socket.addEventListener('close', ({ code }) => over || tally.met(`closed with ${code}`))
      socket.addEventListener('error', () => undefined)
    }
    await arena.rest(HELD)
    over = true
    for (const socket of sockets) {
      if (socket.readyState === WebSocket.OPEN) tally.met('listened to')
      socket.close()
    }
  },
}
