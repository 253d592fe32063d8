import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RotatingLog } from './rotating-log.ts'

const LARGEST = 1_000

let directory: string
let file: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'log-'))
  file = join(directory, 'engine.log')
})
afterEach(() => rmSync(directory, { recursive: true }))

const linesOf = (path: string) => readFileSync(path, 'utf8').trimEnd().split('\n')

describe('the log of a program', () => {
  it('keeps the newest lines, in two files that are no larger than allowed', async () => {
    const log = new RotatingLog(file, LARGEST)
    const lines = Array.from({ length: 500 }, (_, index) => `line ${index}`)
    for (const line of lines) log.write(line)
    await log.end()
    const kept = [...linesOf(`${file}.1`), ...linesOf(file)]
    expect(kept).toEqual(lines.slice(-kept.length))
    expect(kept.length).toBeGreaterThan(LARGEST / 20)
    for (const path of [file, `${file}.1`]) {
      expect(statSync(path).size).toBeLessThanOrEqual(LARGEST)
      expect(statSync(path).mode & 0o077).toBe(0)
    }
  })

  it('goes on where it was, and counts what is there', async () => {
    for (const part of ['a', 'b', 'c']) {
      const log = new RotatingLog(file, LARGEST)
      log.write(part.repeat(400))
      await log.end()
    }
    expect(linesOf(`${file}.1`).map((line) => line[0])).toEqual(['a', 'b'])
    expect(linesOf(file).map((line) => line[0])).toEqual(['c'])
  })

  it('passes over what a program has left in its pipe when the log has ended', async () => {
    const log = new RotatingLog(file, LARGEST)
    log.write('in time')
    const ended = log.end()
    log.write('late')
    await ended
    log.write('later')
    expect(linesOf(file)).toEqual(['in time'])
  })
})
