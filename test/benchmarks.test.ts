import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
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

it('every program that a benchmark starts by its path is made of what there is a source of', () => {
  const programs = globSync('benchmarks/**/*.js', { cwd: ROOT })
  const imported = programs.flatMap((program) =>
    [...readFileSync(join(ROOT, program), 'utf8').matchAll(/from '(\.[^']+)'/g)].map(([, path = '']) =>
      join(dirname(program), path).replace('/dist/', '/src/').replace(/\.js$/, '.ts'),
    ),
  )
  expect(imported.length).toBeGreaterThan(1)
  expect(imported.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
})
