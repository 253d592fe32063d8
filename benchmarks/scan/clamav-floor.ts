import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { seconds } from './comparison.ts'
import type { Corpus } from './corpus.ts'

const ROUNDS = 3
/** As many as the backend has open. */
const CONNECTIONS = 10

/** Files a second of a program that only reads them and streams them to clamd, with `INSTREAM`; the best of three rounds. */
export async function clamavFloor(path: string, { paths }: Corpus): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    const queue = paths.values()
    const worker = async (): Promise<void> => {
      for (const file of queue) await stream(path, readFileSync(file))
    }
    best = Math.min(best, await seconds(() => Promise.all(Array.from({ length: CONNECTIONS }, worker)).then(() => {})))
  }
  return paths.length / best
}

async function stream(path: string, content: Uint8Array): Promise<void> {
  const socket = connect({ path })
  const ended = once(socket, 'close')
  const [length, end] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(content.length)
  let answer = ''
  socket.on('data', (data) => {
    answer += String(data)
  })
  socket.cork()
  for (const part of ['zINSTREAM\0', length, content, end]) socket.write(part)
  socket.uncork()
  await ended
  if (!answer.startsWith('stream: ')) throw new Error(`clamd says ${answer}`)
}
