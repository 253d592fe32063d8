import { once } from 'node:events'
import { readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { seconds } from './comparison.ts'
import type { Corpus } from './corpus.ts'

/** What the same files take without an engine, in files a second of a program of one thread. */
export interface ClamavFloor {
  /** That only reads them and streams them to clamd, with `INSTREAM`. */
  streamed: number
  /** That only reads them, writes them where clamd can read them, names them to it, and removes them again. */
  shared: number
}

const ROUNDS = 3
/** As many as the backend has open. */
const CONNECTIONS = 10

/**
 * Measures both; the best of three rounds each.
 *
 * @param socket of clamd.
 * @param directory that clamd can read.
 */
export async function clamavFloor(socket: string, directory: string, { paths }: Corpus): Promise<ClamavFloor> {
  const streamed = async (files: Iterable<string>): Promise<void> => {
    for (const file of files) await stream(socket, readFileSync(file))
  }
  const shared = (files: Iterable<string>, worker: number): Promise<void> =>
    share(socket, files, join(directory, `floor-${worker}`))
  return { streamed: await rate(paths, streamed), shared: await rate(paths, shared) }
}

async function rate(
  paths: readonly string[],
  work: (files: Iterable<string>, worker: number) => Promise<void>,
): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    // All take from one queue.
    const files = paths.values()
    const workers = (): Promise<void>[] => Array.from({ length: CONNECTIONS }, (_, worker) => work(files, worker))
    best = Math.min(best, await seconds(() => Promise.all(workers()).then(() => undefined)))
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

/** One file after the other, over one connection. */
async function share(path: string, files: Iterable<string>, shared: string): Promise<void> {
  const socket = connect({ path })
  socket.setEncoding('utf8').write('zIDSESSION\0')
  for (const file of files) {
    writeFileSync(shared, readFileSync(file))
    socket.write(`zSCAN ${shared}\0`)
    const answer = await answerOf(socket)
    unlinkSync(shared)
    if (!answer.includes(`: ${shared}: `)) throw new Error(`clamd says ${answer}`)
  }
  socket.destroy()
}

async function answerOf(socket: Socket): Promise<string> {
  let answer = ''
  while (!answer.endsWith('\0')) answer += String((await once(socket, 'data'))[0])
  return answer
}
