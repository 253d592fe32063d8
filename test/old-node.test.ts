import { execFile } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { ROOT } from './support/markdown.ts'

/** Needs no more than `npm create` does. */
const RUNS_ON_OLD_NODE = ['create-microengine']

/** Every program of every workspace, and its file. */
const programs = globSync('*/package.json', { cwd: ROOT }).flatMap((manifest) => {
  const { bin = {} }: { bin?: Record<string, string> } = JSON.parse(readFileSync(join(ROOT, manifest), 'utf8'))
  return Object.entries(bin).map(([name, file]) => ({ name, file: join(ROOT, dirname(manifest), file) }))
})

const OLD_NODE = pathToFileURL(join(import.meta.dirname, 'support/old-node.js')).href

/** Runs a program on what it takes for Node 20. */
const onOldNode = (file: string) =>
  new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(process.execPath, ['--import', OLD_NODE, file, '--help'], (_error, stdout, stderr) =>
      resolve({ status: child.exitCode, stdout, stderr }),
    )
  })

test.each(programs)('$name says in one sentence which Node it needs', async ({ name, file }) => {
  const { status, stdout, stderr } = await onOldNode(file)
  if (RUNS_ON_OLD_NODE.includes(name)) return expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stderr).toMatch(/^.* needs? Node 24 or newer, and this is Node 20\.0\.0: install a newer one\.\n$/)
  expect(stdout).toBe('')
  expect(status).toBeGreaterThan(0)
})
