import { readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { defineConfig, type Plugin, type RolldownOptions } from 'rolldown'

/** Workspaces whose programs are bundled. */
export const BUNDLED = ['polyswarmd', 'participants', 'consumer', 'devnet', 'polyswarm-cli']

/** What programs start by its path, beside what package.json names: their processes. */
const BY_PATH: Record<string, string[]> = {
  participants: ['src/examiner/examiner-process.ts', 'src/backends/yara/yara-scan-process.ts'],
}

/** Packages that find files of their own beside their code, and such as few programs load. */
const APART = [/^bullmq$/, /^ioredis$/, /^pg$/, /^7z-wasm/, /^@virustotal\/yara-x$/, /^@litko\//]

/** The errors of all packages: one file for every program and for those who import a package, who may check the class of one. */
const ERRORS = { name: '@polyswarm/protocol/errors', file: join(import.meta.dirname, 'protocol/dist/errors.js') }

/**
 * Makes each program, and each entry point that package.json has in `dist/bin`, of what it is made of: who loads 800 modules
 * one by one takes three times the processor time to start, and 10 to 25 MB more of memory. What several of them need, and
 * what only some of their uses need, is in files of its own, so that nothing is there twice.
 */
function programs(workspace: string): RolldownOptions {
  const { bin, exports = {} } = manifestOf(workspace)
  const sources = [
    ...Object.values(bin).map((file) => ['', file] as const),
    ...Object.values(exports).flatMap((each) =>
      typeof each === 'string' ? [] : [[each.types, each.default] as const],
    ),
  ].filter(([, file]) => /^(\.\/)?dist\/bin\//.test(file))
  const inputs = [
    ...sources.map(([types, file]) => [basename(file, '.js'), sourceOf(types || file)]),
    ...(BY_PATH[workspace] ?? []).map((file) => [basename(file, '.ts'), file]),
  ]
  return {
    cwd: join(import.meta.dirname, workspace),
    input: Object.fromEntries(inputs),
    external: APART,
    platform: 'node',
    plugins: [sharedErrors, oneByteEach],
    resolve: { alias: wholeNames(modulesOf('participants')), extensionAlias: { '.js': ['.ts', '.js'] } },
    output: {
      ...{ dir: 'dist/bin', entryFileNames: '[name].js', chunkFileNames: '[name].js' },
      comments: { legal: true, annotation: true, jsdoc: false },
    },
  }
}

/** The source of what is compiled to a file, or to its declarations. */
function sourceOf(file: string): string {
  return join('src', relative('dist', file)).replace(/(\.d\.ts|\.js)$/, '.ts')
}

/** Each entry point of a package as the compiler has made it, by its name: a bundle of bundles could leave nothing out. */
export function modulesOf(workspace: string): Record<string, string> {
  const { name, exports = {} } = manifestOf(workspace)
  const modules = Object.entries(exports).flatMap(([path, each]) =>
    typeof each === 'string' ? [] : [[name + path.slice(1), each.types.replace(/\.d\.ts$/, '.js')]],
  )
  return Object.fromEntries(modules.map(([path, file = '']) => [path, join(import.meta.dirname, workspace, file)]))
}

/** An alias stands for what begins with it, too, unless its name ends so. */
function wholeNames(modules: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(modules).map(([name, file]) => [`${name}$`, file]))
}

/** Leaves the errors in their package. */
const sharedErrors: Plugin = {
  name: 'shared-errors',
  resolveId: {
    filter: { id: /\berrors(\.js)?$/ },
    async handler(source, importer) {
      const found = await this.resolve(source, importer, { skipSelf: true })
      return found?.id === ERRORS.file ? { id: ERRORS.name, external: true, moduleSideEffects: false } : found
    },
  },
}

/**
 * The runtime keeps the sources of what it has loaded, and in two bytes for each character where a single one is beyond
 * Latin-1. It is done last: printing code undoes it.
 */
const oneByteEach: Plugin = {
  name: 'one-byte-each',
  generateBundle(_, bundle) {
    for (const part of Object.values(bundle)) if (part.type === 'chunk') part.code = escapeBeyondLatin1(part.code)
  },
}

/** The same code without characters beyond Latin-1, but for what a tagged template sees of how it was written. */
export function escapeBeyondLatin1(code: string): string {
  return code.replace(/(\\*)([\u0100-\uffff])/g, (_, slashes: string, character: string) => {
    // One that is escaped for no reason stands for itself.
    const before = slashes.slice(0, slashes.length - (slashes.length % 2))
    return `${before}\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

function manifestOf(workspace: string): Manifest {
  return JSON.parse(readFileSync(join(import.meta.dirname, workspace, 'package.json'), 'utf8')) as Manifest
}

interface Manifest {
  name: string
  bin: Record<string, string>
  exports?: Record<string, string | { types: string; default: string }>
}

export default defineConfig(BUNDLED.map(programs))
