import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { tryEngine } from './trial.ts'

const never = new AbortController().signal
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trial-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

it('passes an engine that keeps the rules, and refuses one that does not load, with the reason', async () => {
  const good = fileURLToPath(new URL('../../../examples/my-eicar.ts', import.meta.url))
  expect(await tryEngine({ name: 'mine', file: good }, undefined, never)).toMatchObject({ passed: true })
  const bad = join(folder, 'bad.ts')
  writeFileSync(bad, 'export default {\n')
  const { passed, lines } = await tryEngine({ name: 'mine', file: bad }, undefined, never)
  expect(passed).toBe(false)
  expect(lines.join('\n')).toMatch(/does not load/)
}, 180_000)

it('goes by the status of a command of the author, and keeps its last lines', async () => {
  const engine = { name: 'mine', file: join(folder, 'engine.ts') }
  expect(await tryEngine(engine, 'echo fine', never)).toEqual({ passed: true, lines: ['fine'] })
  const { passed, lines } = await tryEngine(engine, 'seq 1 1000; echo wrong >&2; exit 3', never)
  expect(passed).toBe(false)
  expect(lines).toHaveLength(40)
  expect((await tryEngine(engine, './no-such-program', never)).passed).toBe(false)
})

it('ends a command with all that it has started when it is cut short', async () => {
  const cut = new AbortController()
  const marker = join(folder, 'started')
  // What it has started holds its output open, so the trial ends only with that.
  const command = `sleep 600 & touch ${marker}; wait`
  const trial = tryEngine({ name: 'mine', file: join(folder, 'engine.ts') }, command, cut.signal)
  await expect.poll(() => existsSync(marker)).toBe(true)
  cut.abort()
  expect((await trial).passed).toBe(false)
})
