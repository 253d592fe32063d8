import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { zipOf } from '../archives/archive.fixture.ts'
import { ARCHIVE_LIMITS } from '../archives/archive-limits.ts'
import { ExaminerError } from '../errors.ts'
import type { ExaminerAnswer } from './examiner.ts'
import { ExaminerPool } from './examiner-pool.ts'

const live = () => new AbortController().signal
/** Limits that let through what is stopped otherwise: then only the examiner's own limits hold. */
const NO_LIMITS = { maxDepth: 9, maxMembers: 1e6, maxHeaders: 1e6, maxBytes: 1e12, maxRatio: 1e9 }
const letter = zipOf({ letter: Buffer.from('a letter') })

let pool: ExaminerPool
beforeEach(() => {
  pool = new ExaminerPool(1)
})
afterEach(() => pool.end())

async function membersOf(content: Uint8Array, signal = live(), limits = ARCHIVE_LIMITS): Promise<string[]> {
  const paths: string[] = []
  for await (const said of pool.ask({ limits }, content, signal)) if ('path' in said) paths.push(said.path)
  return paths
}

describe('a pool of examiners', () => {
  it('ends one that takes too much memory, at the cost of that content alone', async () => {
    pool = new ExaminerPool(1, 150_000_000)
    const flood = zipOf({ zeros: Buffer.alloc(200_000_000) })
    const [first, second] = await Promise.allSettled([membersOf(flood, live(), NO_LIMITS), membersOf(letter)])
    expect(first).toMatchObject({ status: 'rejected', reason: expect.any(ExaminerError) })
    expect(second).toEqual({ status: 'fulfilled', value: ['letter'] })
  })

  it('ends one that is busy when its time is over, at the cost of that content alone', async () => {
    const endless = zipOf({ zeros: Buffer.alloc(8_000_000) }, { repeat: 2_000 })
    const stop = new AbortController()
    const answers = pool.ask({ limits: NO_LIMITS }, endless, stop.signal)
    await answers.next()
    const waiting = membersOf(letter)
    stop.abort(new DOMException('The time is over.', 'TimeoutError'))
    const rest = async (): Promise<void> => {
      for await (const _ of answers);
    }
    await expect(rest()).rejects.toThrow('The time is over.')
    expect(await waiting).toEqual(['letter'])
  })

  it('lets those that wait go when their time is over', async () => {
    const endless = zipOf({ zeros: Buffer.alloc(8_000_000) }, { repeat: 2_000 })
    const answers = pool.ask({ limits: NO_LIMITS }, endless, live())
    await answers.next()
    await expect(membersOf(letter, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late')
    await answers.return(undefined)
    expect(await membersOf(letter)).toEqual(['letter'])
  })

  it('holds next to nothing of what is not taken', async () => {
    const large = zipOf({ zeros: Buffer.alloc(4_000_000) }, { repeat: 100 })
    const answers = pool.ask({ limits: NO_LIMITS }, large, live())
    await answers.next()
    const before = process.memoryUsage().arrayBuffers
    // Whoever takes one at a time sees all, however slowly.
    let count = 1
    for await (const said of answers) if ('path' in said) count++
    expect(count).toBe(100)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000_000)
  })

  it('uses an examiner again after someone has heard enough', async () => {
    const many = zipOf(Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`f${i}`, Buffer.from('x')])))
    for (let round = 0; round < 5; round++) {
      for await (const said of pool.ask({ limits: ARCHIVE_LIMITS }, many, live())) {
        expect(said).toMatchObject({ path: 'f0' })
        break
      }
      expect(await membersOf(letter)).toEqual(['letter'])
    }
  })

  it('keeps contents apart that are asked about together', async () => {
    pool = new ExaminerPool(2)
    const file = fc.uint8Array({ maxLength: 70_000 })
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 12 }), async (files) => {
        const answers = await Promise.all(
          files.map(async (content, index) => {
            const bodies: ExaminerAnswer[] = []
            for await (const said of pool.ask({ limits: ARCHIVE_LIMITS }, zipOf({ [`${index}`]: content }), live()))
              bodies.push(said)
            return bodies[0]
          }),
        )
        for (const [index, content] of files.entries()) {
          expect(answers[index]).toMatchObject({ path: `${index}` })
          expect(Buffer.from(answers[index]?.body ?? []).equals(content)).toBe(true)
        }
      }),
      { numRuns: 20 },
    )
  })

  it('lets the program end, and its processes with it', async () => {
    const file = fileURLToPath(new URL('../../dist/index.js', import.meta.url))
    const script = `
      import { readFileSync } from 'node:fs'
      import { openArchive } from ${JSON.stringify(file)}
      for await (const { path } of openArchive(Buffer.from(${JSON.stringify(letter.toString('base64'))}, 'base64'))) {
        console.log(readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8'))
      }
    `
    const program = spawn(process.execPath, ['--input-type=module', '--eval', script])
    const [[code], [said]] = await Promise.all([once(program, 'close'), once(program.stdout, 'data')])
    expect(code).toBe(0)
    const child = Number(String(said).trim())
    expect(child).toBeGreaterThan(0)
    // It hears of the end of its input; until then the system still knows it.
    await expect.poll(() => isRunning(child), { timeout: 10_000 }).toBe(false)
  })
})

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
