import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import type { Arena } from '../arena.ts'
import type { Attack } from '../attack.ts'
import { largeDocuments as documents } from '../hostile-documents.ts'

const SOCKETS = 40
const HELD = 25_000

let turn = 0

/** The longest metadata, put into one bounty after the other. */
export const largeDocuments: Attack = {
  name: 'large-documents',
  tries: 'name one document of 1 MiB in many bounties, so that every event stream carries it again and again',
  purses: { author: '50000' },
  pause: 8_000,
  strike: async (arena, tally) => {
    const author = arena.purse('author')
    const choices = documents()
    const metadata = await arena.store(choices[turn++ % choices.length] ?? '')
    const uri = await arena.upload([Buffer.from('a letter with a long envelope\n')])
    tally.met(metadata === undefined ? 'document refused' : 'document stored')
    if (metadata === undefined || uri === undefined) return
    const { answer } = await arena.post(author, { uri, metadata, duration: 3 })
    tally.met(`bounty: ${answer}`)
    await arena.collect(author)
  },
}

/** Subscribers that ask for everything and take nothing. */
export const muteSockets: Attack = {
  name: 'mute-sockets',
  tries: `open ${SOCKETS} event streams from the beginning, and downloads, and read nothing of them`,
  purses: {},
  pause: 5_000,
  strike: async (arena, tally) => {
    const sockets: Socket[] = []
    try {
      for (let index = 0; index < SOCKETS; index++) {
        const { socket, answer } = await openMute(arena, '/events?since=0')
        sockets.push(socket)
        tally.met(answer)
      }
      await arena.rest(HELD)
      tally.met(`let go: ${sockets.filter(({ destroyed }) => destroyed).length} of ${SOCKETS}`)
    } finally {
      for (const socket of sockets) socket.destroy()
    }
  },
}

/** A WebSocket that stops reading as soon as it is open. */
async function openMute(arena: Arena, path: string): Promise<{ socket: Socket; answer: string }> {
  const { hostname, port, host } = arena.daemon
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  const key = randomBytes(16).toString('base64')
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  )
  const answer = await new Promise<string>((resolve) => {
    socket.once('data', (head: Buffer) => {
      socket.pause()
      resolve(`HTTP ${head.toString('latin1', 9, 12)}`)
    })
    socket.once('close', () => resolve('closed'))
    socket.setTimeout(10_000, () => resolve('no answer in time'))
  })
  return { socket, answer }
}
