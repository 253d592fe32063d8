import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from '../test/support/markdown.ts'
import { marketReader } from '../test/support/tutorials/market-reader.ts'

/**
 * Follows the first tutorial to the letter, in a fresh clone of the commit and with the Node of this machine: how long a
 * reader waits for `npm ci`, for the market, and until the engine is paid.
 */
export async function firstHourBenchmark(): Promise<void> {
  const reader = await marketReader([
    // What npm tells while it installs differs each time; whether it has is what its status says.
    [/^npm ci$/gm, 'npm ci > /dev/null 2>&1'],
  ])
  try {
    const checkout = join(reader.directory, 'polyswarm')
    execFileSync('git', ['clone', '--quiet', ROOT, checkout])
    const begun = performance.now()
    const seconds = () => ((performance.now() - begun) / 1000).toFixed(0)
    const running = () => process.stdout.write(`installed, and the market is open after ${seconds()} s\n`)
    await reader.read(join(checkout, 'docs/tutorials/first-microengine.md'), 'polyswarm', { running })
    process.stdout.write(`the engine is paid, and the page read to its end, after ${seconds()} s\n`)
  } finally {
    await reader.leave()
  }
}
