import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkLiveness, removeLiveness, writeLiveness } from './liveness.ts'

let directory: string
let path: string
const limits = { loopSeconds: 5, waitBlocks: 15 }

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'liveness-'))
  path = join(directory, 'engine')
})

afterEach(() => rm(directory, { recursive: true }))

describe('liveness', () => {
  it('tells a participant that works from one that is silent or does not decide', async () => {
    await writeLiveness(path, { at: 10_000, head: 7, undecided: 3, averageWait: 2 })
    expect(await checkLiveness(path, limits, 14_000)).toMatchObject({ alive: true })
    expect(await checkLiveness(path, limits, 16_000)).toMatchObject({
      alive: false,
      sentence: expect.stringContaining('6.0 s'),
    })
    await writeLiveness(path, { at: 10_000, head: 7, undecided: 3, averageWait: 16 })
    expect(await checkLiveness(path, limits, 10_000)).toMatchObject({
      alive: false,
      sentence: expect.stringContaining('3 bounties'),
    })
  })

  it('says of a file that is missing or damaged that it cannot be read', async () => {
    expect((await checkLiveness(path, limits, 0)).alive).toBe(false)
    for (const text of ['', '{', '{"at":"x"}', 'null']) {
      await writeFile(path, text)
      expect((await checkLiveness(path, limits, 0)).sentence).toMatch(/cannot be read/)
    }
    await removeLiveness(path)
    await removeLiveness(path)
  })

  it('is never read half written, however often it is written', async () => {
    // A program has one file of its own and writes it one time after another: there is one writer.
    await writeLiveness(path, { at: 0, head: 0, undecided: 0, averageWait: 0 })
    let writing = true
    const writer = (async () => {
      for (let at = 0; writing; at++) await writeLiveness(path, { at, head: at, undecided: 0, averageWait: 0 })
    })()
    for (let i = 0; i < 300; i++)
      expect((await checkLiveness(path, { ...limits, loopSeconds: 1e9 }, 0)).alive).toBe(true)
    writing = false
    await writer
  })
})
