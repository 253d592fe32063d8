import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename, join, matchesGlob } from 'node:path'
import { OF_BUILT_PROGRAMS } from '../../vitest.config.ts'
import { LONG } from './longest-first.ts'
import { importedFiles, nearTests, stem } from './near-tests.ts'
import { ROOT } from './source-files.ts'

/*
 * `npm run test:changed`: the tests nearest to what was changed and is not committed, as many as a minute has room for. What
 * takes long is among them only if it has a changed file's name. Of Solidity, those of forge that have its name, or import it.
 */
const MOST_FILES = 30

const lines = (command: string, args: readonly string[]): string[] =>
  execFileSync(command, args, { cwd: ROOT, encoding: 'utf8' }).split('\n').filter(Boolean)
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

const known = lines('git', ['ls-files', '--cached', '--others', '--exclude-standard']).filter((path) =>
  existsSync(join(ROOT, path)),
)
const changed = lines('git', ['status', '--porcelain', '--untracked-files=all', '--no-renames'])
  .map((line) => line.slice(3))
  .filter((path) => existsSync(join(ROOT, path)))

const there = new Set(known)
const modules = known.filter((path) => /\.tsx?$/.test(path))
const imports = new Map(modules.map((path) => [path, importedFiles(path, read(path), there)]))
const names = new Set(changed.map(stem))
const tests = nearTests(imports, changed).filter(
  (path) =>
    !OF_BUILT_PROGRAMS.some((pattern) => matchesGlob(path, pattern)) && (!LONG.includes(path) || names.has(stem(path))),
)
run('vitest', ['run', '--passWithNoTests', '--project', 'parts', '--project', 'counted'], tests.slice(0, MOST_FILES))
if (tests.length > MOST_FILES) {
  process.stdout.write(`${tests.length - MOST_FILES} test files that are farther from it are left to npm test.\n`)
}

const contracts = changed.filter((path) => /^contracts\/.*\.sol$/.test(path)).map((path) => basename(path))
const ofContracts = known.filter(
  (path) =>
    /^contracts\/test\/.*\.t\.sol$/.test(path) &&
    contracts.some(
      (name) =>
        basename(path) === name || basename(path) === name.replace('.', '.t.') || read(path).includes(`/${name}"`),
    ),
)
const paths = ofContracts.map((path) => path.replace('contracts/', ''))
run('node', ['contracts/scripts/forge.js', 'test', '--match-path'], paths.length === 0 ? [] : [`{${paths.join(',')}}`])
if (tests.length + paths.length === 0) process.stdout.write('No test imports what was changed.\n')

/** Runs what there is to run. */
function run(command: string, args: readonly string[], what: readonly string[]): void {
  if (what.length === 0) return
  const { status } = spawnSync(command, [...args, ...what], { cwd: ROOT, stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
