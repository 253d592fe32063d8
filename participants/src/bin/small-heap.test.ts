import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

/** The most MiB of a heap's young part while a program makes many objects that stay. */
function nursery(before: string): number {
  const code = `${before}
    const { getHeapSpaceStatistics } = await import('node:v8')
    const kept = []
    let most = 0
    for (let round = 0; round < 100; round++) {
      for (let index = 0; index < 10_000; index++) kept.push({ round, index })
      const { space_size } = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')
      most = Math.max(most, space_size)
    }
    console.log(most / 2 ** 20)`
  const where = new URL('../..', import.meta.url)
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', code], { cwd: where, encoding: 'utf8' }))
}

test('the young part of the heap stays small, however much of it survives', () => {
  const small = nursery("(await import('./src/bin/small-nursery.ts')).keepNurserySmall()")
  expect(small).toBeGreaterThan(0)
  expect(nursery('')).toBeGreaterThan(2 * small)
})
