import { readSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { parseJson } from '@polyswarm/protocol/json'
import { LimitReached } from '../archives/archive-budget.js'
import { readArchive } from '../archives/read-archive.js'
import type { ExaminerRequest } from './examiner.js'
import { type Frame, frameHead, PREFIX } from './frame.js'
import { PASSES } from './passes.js'

/**
 * A process of its own, started by `Examiner`: looks into one content after another. It is given nothing but contents, and has
 * no time limit of its own: the one that waits for an answer ends the whole process. Contents that run away, flood memory or
 * break what reads them cost the answers about themselves.
 *
 * Frames on stdin, each a request and the content; frames on stdout, one for each answer. Reading blocks:
 * there is nothing else to do meanwhile.
 */

/**
 * While it works, this process notices neither that the one it works for has died, nor how much memory it takes; a thread of
 * its own does.
 */
const WATCH = `
const { workerData } = require('node:worker_threads')
const parent = process.ppid
setInterval(() => {
  if (process.ppid !== parent || process.memoryUsage.rss() > workerData) process.kill(process.pid, 'SIGKILL')
}, 25)
`
new Worker(WATCH, { eval: true, workerData: Number(process.argv[2]) })
// An interrupt at the terminal is for the participant, which may need this process until it has ended.
process.on('SIGINT', () => undefined)

for (;;) {
  const { header, body } = nextFrame()
  try {
    const request = header as ExaminerRequest
    if ('limits' in request) {
      const { limits, passwords } = request
      for await (const { path, content, unreadable, unseen } of readArchive(body, limits, passwords)) {
        await write({ path, unreadable, unseen }, content)
      }
      await write({ end: true })
    } else {
      await write({ value: await PASSES[request.pass](body) })
    }
  } catch (error) {
    if (error instanceof LimitReached) await write({ limit: error.limit })
    else await write({ failure: error instanceof Error ? error.message : String(error) })
  }
}

/** The next request. Ends the process where there is none. */
function nextFrame(): Frame {
  const prefix = read(PREFIX)
  const header: unknown = parseJson(read(prefix.readUInt32LE(0)).toString())
  return { header, body: read(prefix.readUInt32LE(4)) }
}

function read(length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length)
  for (let at = 0; at < length; ) {
    const count = readSync(0, bytes, at, length - at, null)
    if (count === 0) process.exit(0)
    at += count
  }
  return bytes
}

/** Waits until it is taken: no more is unpacked than the one who asked wants to have. */
async function write(header: unknown, body: Uint8Array = new Uint8Array()): Promise<void> {
  process.stdout.write(frameHead(header, body.length))
  await new Promise((resolve) => process.stdout.write(body, resolve))
}
