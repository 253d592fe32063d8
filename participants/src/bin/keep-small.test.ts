import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

const SMALL = "(await import('./src/bin/keep-small.ts')).keepSmall()"

/** The MiB of a heap's young part, for half of the time at least, while a program makes many objects that stay. */
function nursery(before: string): number {
  return numberOf(`${before}
    const { getHeapSpaceStatistics } = await import('node:v8')
    const kept = []
    const sizes = []
    for (let round = 0; round < 100; round++) {
      for (let index = 0; index < 10_000; index++) kept.push({ round, index })
      const { space_size } = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')
      sizes.push(space_size)
    }
    console.log(sizes.sort((one, other) => one - other)[50] / 2 ** 20)`)
}

/** The MB of a heap, as V8 mostly begins to look through it, and up to which it may grow meanwhile, while old objects come and go. */
function oldObjects(before: string): { size: number; limit: number } {
  const printed = outputOf(
    `${before}
    const kept = Array.from({ length: 100_000 }, (_, index) => ({ index, text: [index] }))
    gc()
    for (let index = 0; index < 2_000_000; index++) kept[index % kept.length] = { index, text: [index] }`,
    ['--expose-gc', '--trace-incremental-marking'],
  )
  const found = printed.matchAll(/ Start \(.*slack\) v8: (\d+)MB \/ \d+MB \/ (\d+)MB/g)
  const looks = Array.from(found, ([, size, limit]) => ({ size: Number(size), limit: Number(limit) }))
  looks.sort((one, other) => one.size - other.size)
  return looks[Math.floor(looks.length / 2)] ?? { size: Number.NaN, limit: Number.NaN }
}

/** The functions that TurboFan has compiled when a program has computed, with pauses, until `done`. */
function compiledWhile(done: string, before: string): number {
  const printed = outputOf(
    `${before}
    const { setImmediate } = await import('node:timers/promises')
    const used = () => process.cpuUsage().user / 1_000
    function mix(sum) {
      for (let index = 0; index < 100_000; index++) sum = (sum * 31 + index) | 0
      return sum
    }
    for (let sum = 0; !(${done}); sum = mix(sum)) await setImmediate()`,
    ['--trace-opt'],
  )
  return printed.split('\n').filter((line) => /completed optimizing .*TURBOFAN/.test(line)).length
}

function numberOf(code: string): number {
  return Number(outputOf(code, []))
}

function outputOf(code: string, flags: readonly string[]): string {
  const where = new URL('../..', import.meta.url)
  const args = [...flags, '--input-type=module', '-e', code]
  return execFileSync(process.execPath, args, { cwd: where, encoding: 'utf8' })
}

test('the young part of the heap stays small, however much of it survives', () => {
  const small = nursery(SMALL)
  expect(small).toBeGreaterThan(0)
  expect(nursery('')).toBeGreaterThan(2 * small)
})

test('the heap does not grow to a multiple of what is in use before it is looked through', () => {
  const usual = oldObjects('').limit
  const computing = `${SMALL.replace('()', '({ every: 100 })')}
    const { setImmediate } = await import('node:timers/promises')
    while (process.cpuUsage().user < 1e6) await setImmediate()`
  expect(usual).toBeGreaterThan(2 * oldObjects(SMALL).limit)
  expect(usual).toBeGreaterThan(2 * oldObjects(computing).limit)
})

test('V8 begins to look through the heap while there is room for what comes meanwhile', () => {
  const [usual, small] = [oldObjects(''), oldObjects(SMALL)]
  expect(usual.size).toBeGreaterThan(0.95 * usual.limit)
  expect(small.size).toBeLessThan(0.9 * small.limit)
})

test('a program gets the third compiler when it goes on computing, and not before', () => {
  const small = SMALL.replace('()', '({ every: 500 })')
  expect(compiledWhile('used() > 200', small)).toBe(0)
  expect(compiledWhile('used() > 1_500', small)).toBeGreaterThan(0)
})
