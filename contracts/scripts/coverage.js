// Line, statement and branch coverage of src/ by the tests, without gas measurements and invariants.
//
// forge instruments the sources and resolves their imports by itself; OpenZeppelin's relative imports are found only if
// the library is named by its absolute path. Without the optimizer the compiler also warns of the library's own names.
import { fileURLToPath } from 'node:url'
import { forge } from './forge.js'

const openzeppelin = fileURLToPath(new URL('../../node_modules/@openzeppelin/contracts/', import.meta.url))
const tests = ['--no-match-path', 'test/{gas,invariants}/*', '--no-match-coverage', '^test/|node_modules']

process.exitCode = forge(['coverage', ...tests, ...process.argv.slice(2)], {
  FOUNDRY_REMAPPINGS: `@openzeppelin/contracts/=${openzeppelin}`,
  FOUNDRY_DENY: 'never',
  FOUNDRY_OUT: 'out/coverage',
  FOUNDRY_CACHE_PATH: 'cache/coverage',
})
