import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

function run(...args: string[]) {
  return spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8', env: { PATH: process.env.PATH } })
}

it('every benchmark can be started: Node finds all that it is made of', () => {
  const { stderr: usage } = run('benchmarks/bench.ts')
  const names = /<(.+)>/.exec(usage)?.[1]?.split('|') ?? []
  expect(names.length).toBeGreaterThan(10)
  const load = names.map((name) => `await import('./benchmarks/${name}.ts')`).join('\n')
  const { status, stderr } = run('--input-type=module', '--eval', `${load}\nprocess.exit()`)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
})
