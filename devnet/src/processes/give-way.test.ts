import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { afterEach, expect, it } from 'vitest'
import { giveWay } from './give-way.js'

const started: ChildProcess[] = []

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

function startSession(): number {
  const child = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1e6)'], { detached: true, stdio: 'ignore' })
  started.push(child)
  return child.pid ?? 0
}

const hasSessions = existsSync('/proc/self/autogroup')

it('has programs give way, and on Linux the sessions that they lead', async () => {
  const pids = [startSession(), startSession(), startSession()]
  await Promise.all(pids.map((pid) => giveWay(pid, 7)))
  for (const pid of pids) {
    expect(getPriority(pid)).toBe(7)
    if (hasSessions) expect(readFileSync(`/proc/${pid}/autogroup`, 'utf8')).toMatch(/ nice 7$/m)
  }
})

it('does nothing about a process that is gone', async () => {
  const pid = startSession()
  const [child] = started
  const gone = new Promise((resolve) => child?.once('exit', resolve))
  child?.kill('SIGKILL')
  await gone
  await expect(giveWay(pid, 7)).resolves.toBeUndefined()
})
