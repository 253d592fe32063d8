import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { isAtRest } from './process-rest.ts'

const started: ReturnType<typeof spawn>[] = []

afterEach(async () => {
  for (const child of started.splice(0)) {
    process.kill(-(child.pid ?? 0), 'SIGKILL')
    await once(child, 'close')
  }
})

/** A process with a group of its own, so that its children end with it, which runs a script and has said so. */
async function run(script: string): Promise<number> {
  const child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
  started.push(child)
  await once(child.stdout as NodeJS.ReadableStream, 'data')
  return child.pid ?? 0
}

const SPIN = 'console.log("spins"); for (;;);'
const WAIT = 'process.stdin.resume(); console.log("waits");'

test.skipIf(process.platform !== 'linux')('a process that waits is at rest, one that computes is not', async () => {
  const waiting = await run(WAIT)
  await expect.poll(() => isAtRest(waiting), { timeout: 60_000 }).toBe(true)
  expect(isAtRest(await run(SPIN))).toBe(false)
})

test.skipIf(process.platform !== 'linux')('one whose thread or child computes is not at rest', async () => {
  const thread = `new (require('node:worker_threads').Worker)(${JSON.stringify(SPIN)}, { eval: true }); ${WAIT}`
  const child = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(SPIN)}]).stdout
    .once('data', () => { ${WAIT} })`
  for (const script of [thread, child]) {
    const pid = await run(script)
    // Its own start is over when only what it started computes: never at rest, however long one looks.
    const looks = Array.from({ length: 20 }, () => isAtRest(pid))
    expect(looks).toEqual(looks.map(() => false))
  }
})

test('a process that has ended is at rest', async () => {
  const pid = await run('console.log("ends")')
  await once(started[0] as NonNullable<(typeof started)[0]>, 'close')
  started.splice(0)
  expect(isAtRest(pid)).toBe(true)
})
