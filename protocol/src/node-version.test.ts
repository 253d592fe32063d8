import { expect, it } from 'vitest'
import { startOnSupportedNode } from './node-version.ts'

it('loads nothing on a Node that is too old, and says in one sentence what to do', async () => {
  let loaded = false
  const said: string[] = []
  const write = process.stderr.write
  process.stderr.write = (text: string | Uint8Array) => said.push(String(text)) > 0
  await startOnSupportedNode(async () => (loaded = true), { version: '22.99.0' }).finally(() => {
    process.stderr.write = write
  })
  process.exitCode = undefined
  expect(loaded).toBe(false)
  expect(said).toEqual(['This program needs Node 24 or newer, and this is Node 22.99.0: install a newer one.\n'])
})
