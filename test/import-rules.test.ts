import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT } from './support/source-files.ts'

/*
 * Workspaces import each other in one direction only. The linter enforces it; here are files that break each rule and
 * files that break none, linted with the project's own configuration in a directory of their own. So with the rule that
 * keeps the runtime's JSON out of the sources.
 */
const WORKSPACES = [
  'contracts',
  'protocol',
  'polyswarmd',
  'participants',
  'consumer',
  'dashboard',
  'devnet',
  'polyswarm-cli',
  'create-microengine',
]

/** What each workspace may import of the others, by name. */
const ALLOWED: Record<string, readonly string[]> = {
  contracts: [],
  protocol: ['contracts'],
  polyswarmd: ['contracts', 'protocol'],
  participants: ['protocol'],
  consumer: ['protocol', 'participants', 'dashboard'],
  dashboard: ['protocol'],
  devnet: ['contracts', 'protocol', 'polyswarmd', 'participants', 'consumer', 'dashboard'],
  'polyswarm-cli': ['protocol'],
  'create-microengine': [],
}

interface Case {
  file: string
  specifier: string
  rejected: boolean
}

/** The package's name behind the scope: that of the folder, but where the folder would say the scope once more. */
const packageOf = (workspace: string) => (workspace === 'polyswarm-cli' ? 'cli' : workspace)

const folderOf = (workspace: string) => (workspace === 'contracts' ? 'contracts/scripts' : `${workspace}/src`)

const directions = WORKSPACES.flatMap((from) =>
  WORKSPACES.filter((to) => to !== from).flatMap((to): Case[] => {
    const file = `${folderOf(from)}/imports-${to}`
    const rejected = !ALLOWED[from]?.includes(to)
    return [
      { file: `${file}.ts`, specifier: `@polyswarm/${packageOf(to)}`, rejected },
      {
        file: `${file}-entry.ts`,
        specifier: `@polyswarm/${packageOf(to)}/entry`,
        rejected: rejected || from === 'protocol',
      },
      { file: `${file}-path.ts`, specifier: `../../${to}/src/index.js`, rejected: true },
      { file: `${folderOf(from)}/folder/imports-${to}-path.ts`, specifier: `../../../${to}/dist/x.js`, rejected: true },
      { file: `${file}.test.ts`, specifier: `@polyswarm/${packageOf(to)}`, rejected: false },
      { file: `${file}.fixture.ts`, specifier: `../../${to}/src/index.js`, rejected: false },
    ]
  }),
)

const cases: Case[] = [
  ...directions,
  ...WORKSPACES.map((to) => ({
    file: `test/imports-${to}.ts`,
    specifier: `@polyswarm/${packageOf(to)}`,
    rejected: false,
  })),
  { file: 'protocol/src/reads-files.ts', specifier: 'node:fs/promises', rejected: true },
  { file: 'protocol/src/hashes.ts', specifier: 'node:crypto', rejected: true },
  { file: 'protocol/src/calls-viem.ts', specifier: 'viem/accounts', rejected: false },
  { file: 'participants/src/calls-viem.ts', specifier: 'viem', rejected: true },
  { file: 'participants/src/calls-viem.test.ts', specifier: 'viem', rejected: false },
  { file: 'participants/src/hashes.ts', specifier: 'viem/utils', rejected: false },
  { file: 'participants/src/client/calls-http.ts', specifier: 'node:http', rejected: true },
  { file: 'polyswarmd/src/calls-http.ts', specifier: 'node:http', rejected: false },
  { file: 'polyswarmd/src/reads-files.ts', specifier: 'node:fs', rejected: false },
  { file: 'polyswarmd/src/api/own-folder.ts', specifier: '../chain/example.js', rejected: false },
]

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'import-rules-')))
afterAll(() => rmSync(directory, { recursive: true }))

/** The files that the linter rejects by a rule. */
function lint(rule: string): string[] {
  const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome')
  const args = [biome, 'lint', '--reporter=github', '--max-diagnostics=none']
  const { stdout } = spawnSync(process.execPath, args, { cwd: directory, encoding: 'utf8' })
  const errors = stdout.matchAll(new RegExp(`^::error title=lint/style/${rule},file=([^,]+)`, 'gm'))
  return [...errors].map(([, file = '']) => relative(directory, file))
}

beforeAll(() => {
  const configuration = JSON.parse(readFileSync(`${ROOT}/biome.json`, 'utf8'))
  writeFileSync(join(directory, 'biome.json'), JSON.stringify({ ...configuration, vcs: { enabled: false } }))
})

test('the linter rejects exactly the imports that go against the directions', () => {
  for (const { file, specifier } of cases) {
    mkdirSync(join(directory, dirname(file)), { recursive: true })
    writeFileSync(join(directory, file), `export { example } from '${specifier}'\n`)
  }
  const wrong = cases.filter(({ rejected }) => rejected).map(({ file }) => file)
  expect(wrong.length).toBeGreaterThan(40)
  expect(lint('noRestrictedImports').sort()).toEqual(wrong.sort())
})

test('the linter leaves JSON to the one file that reads and writes integers of any size', () => {
  const closed = ['protocol', 'polyswarmd', 'participants', 'consumer', 'dashboard', 'devnet', 'polyswarm-cli'].map(
    (workspace) => `${workspace}/src/folder/own.ts`,
  )
  const open = ['protocol/src/json.ts', 'protocol/src/own.test.ts', 'participants/src/own.fixture.ts', 'test/own.ts']
  for (const file of [...closed, ...open]) {
    mkdirSync(join(directory, dirname(file)), { recursive: true })
    writeFileSync(join(directory, file), 'export const text = JSON.stringify(JSON.parse(\'{"own":1}\'))\n')
  }
  expect([...new Set(lint('noRestrictedGlobals'))].sort()).toEqual([...closed].sort())
})

test.each(WORKSPACES)('the dependencies of %s go the same way', (workspace) => {
  const manifest = JSON.parse(readFileSync(`${ROOT}/${workspace}/package.json`, 'utf8'))
  const needed = ['dependencies', 'peerDependencies', 'optionalDependencies'].flatMap((kind) =>
    Object.keys(manifest[kind] ?? {}),
  )
  const own = needed.filter((name) => name.startsWith('@polyswarm/')).map((name) => name.replace('@polyswarm/', ''))
  expect(ALLOWED[workspace]).toEqual(expect.arrayContaining(own))
})

test('every workspace has its rule', () => {
  const { workspaces } = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8'))
  expect(workspaces.filter((name: string) => !(name in ALLOWED))).toEqual([])
})
