// Adds up what forge and vitest said in a log. A skipped test is a failed one here, since what the machine lacks is a fault
// of the machine; so is a file whose tests could not even be found. Usage: node count.js LOG STATUS, where STATUS is what the test command ended with.
import { readFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'

const [log, status] = process.argv.slice(2)
const lines = stripVTControlCharacters(readFileSync(log, 'utf8')).split('\n')
let passed = 0
let failed = 0
for (const line of lines) {
  const forge = /: (\d+) tests passed, (\d+) failed, (\d+) skipped \(\d+ total tests\)/.exec(line)
  if (forge) {
    passed += Number(forge[1])
    failed += Number(forge[2]) + Number(forge[3])
  }
  const suites = /Failed Suites (\d+)/.exec(line)
  if (suites) failed += Number(suites[1])
  if (/^\s*Tests\s.*\(\d+\)/.test(line)) {
    const count = (word) => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0)
    passed += count('passed')
    failed += count('failed') + count('skipped') + count('todo')
  }
}
if (Number(status) !== 0 && failed === 0) failed = 1
if (passed === 0) failed = Math.max(failed, 1)
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exit(failed === 0 ? 0 : 1)
