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

/** The most MiB of a heap while a program has others of the same old objects again and again. */
function oldObjects(before: string): number {
  // Beside the program, how far V8 gets depends on what else the machine does.
  const alone = ['--expose-gc', '--single-threaded-gc']
  return numberOf(
    `${before}
    const { getHeapStatistics } = await import('node:v8')
    const kept = Array.from({ length: 200_000 }, (_, index) => ({ index, text: [index] }))
    gc()
    let most = 0
    for (let index = 0; index < 4_000_000; index++) {
      kept[index % kept.length] = { index, text: [index] }
      if (index % 1_000 === 0) most = Math.max(most, getHeapStatistics().used_heap_size)
    }
    console.log(most / 2 ** 20)`,
    alone,
  )
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

function numberOf(code: string, flags: readonly string[] = []): number {
  return Number(outputOf(code, flags))
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
  const small = oldObjects(SMALL)
  expect(small).toBeGreaterThan(0)
  expect(oldObjects('')).toBeGreaterThan(1.3 * small)
})

test('a program gets the third compiler when it goes on computing, and not before', () => {
  const small = SMALL.replace('()', '({ every: 500 })')
  expect(compiledWhile('used() > 200', small)).toBe(0)
  expect(compiledWhile('used() > 1_500', small)).toBeGreaterThan(0)
})
