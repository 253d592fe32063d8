import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { PolySwarmError } from '@polyswarm/protocol'
import { parseSync } from 'oxc-parser'
import { expect, test } from 'vitest'
import { ROOT } from './support/source-files.ts'

/** Packages that others import from. */
const PACKAGES = ['contracts', 'protocol', 'polyswarmd', 'participants', 'consumer', 'dashboard', 'devnet']

interface EntryPoint {
  types: string
  default: string
}

/** The entry points of a package, by the names under which they are imported. */
function entryPointsOf(folder: string): [string, EntryPoint][] {
  const { name, exports } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as {
    name: string
    exports: Record<string, EntryPoint | string>
  }
  // What is a text is a file that is no module, such as package.json itself.
  return Object.entries(exports).flatMap(([path, entry]) =>
    typeof entry === 'string' ? [] : [[name + path.slice(1), entry] as [string, EntryPoint]],
  )
}

/** The names that a file of declarations exports. */
function declaredIn(path: string): string[] {
  const { module } = parseSync(path, readFileSync(path, 'utf8'))
  return module.staticExports.flatMap(({ entries }) =>
    entries.map(({ exportName, importName }) => {
      if (exportName.kind !== 'Name' || importName.kind === 'All' || importName.kind === 'AllButDefault') {
        throw new Error(`${path} exports names that nobody has written there.`)
      }
      return exportName.name ?? ''
    }),
  )
}

function kindOf(values: Readonly<Record<string, unknown>>, name: string): string {
  if (!Object.hasOwn(values, name)) return 'type'
  const value = values[name]
  if (typeof value !== 'function') return 'value'
  return /^class\b/.test(Function.prototype.toString.call(value)) ? 'class' : 'function'
}

/** A line for each name of an entry point, in the order of the names. */
async function linesOf(folder: string, entry: EntryPoint): Promise<string[]> {
  const values = (await import(pathToFileURL(join(ROOT, folder, entry.default)).href)) as Record<string, unknown>
  const declared = declaredIn(join(ROOT, folder, entry.types))
  expect(Object.keys(values).filter((name) => !declared.includes(name))).toEqual([])
  return declared.map((name) => `${name}: ${kindOf(values, name)}`).toSorted()
}

/** What each entry point of a package exports by name, loaded as those who install the package load it. */
async function valuesOf(folder: string): Promise<[string, unknown][]> {
  const modules = await Promise.all(
    entryPointsOf(folder).map(([, entry]) => import(pathToFileURL(join(ROOT, folder, entry.default)).href)),
  )
  return modules.flatMap((values) => Object.entries(values as Record<string, unknown>))
}

// `npx vitest run test/public-exports.test.ts -u` takes a change over; the difference is what a reviewer sees.
test.each(PACKAGES)('%s exports what its list says', async (folder) => {
  const parts = await Promise.all(
    entryPointsOf(folder).map(async ([name, entry]) => [name, ...(await linesOf(folder, entry))].join('\n  ')),
  )
  await expect(`${parts.join('\n\n')}\n`).toMatchFileSnapshot(`exports/${folder}.txt`)
})

test('every entry point names its exports one by one', () => {
  const points = PACKAGES.flatMap((folder) => entryPointsOf(folder).map(([, { types }]) => join(ROOT, folder, types)))
  expect(points.length).toBeGreaterThan(12)
  for (const path of points) expect(() => declaredIn(path)).not.toThrow()
})

test('what entry points of a package export by the same name is one and the same', async () => {
  const values = await valuesOf('participants')
  const twice = values.filter(([name, value]) => values.some(([other, its]) => other === name && its !== value))
  expect(twice.map(([name]) => name)).toEqual([])
  expect(values.filter(([name]) => name === 'InvalidOptionError').length).toBeGreaterThan(1)
})

test('every error of participants is an error of protocol', async () => {
  const errors = (await valuesOf('participants')).filter(([name]) => name.endsWith('Error'))
  expect(errors.length).toBeGreaterThan(20)
  const strangers = errors.filter(([, error]) => !((error as typeof Error).prototype instanceof PolySwarmError))
  expect(strangers.map(([name]) => name)).toEqual([])
})
