import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { defineConfig, type RolldownOptions } from 'rolldown'

/** Workspaces whose programs are bundled. */
export const BUNDLED = ['polyswarmd', 'participants', 'consumer', 'devnet', 'polyswarm-cli']

/** What programs start or load by its path, beside what package.json names: their processes, and the SDK for engine files. */
const BY_PATH: Record<string, string[]> = {
  participants: ['src/index.ts', 'src/examiner/examiner-process.ts', 'src/backends/yara/yara-scan-process.ts'],
}

/** Packages that find files of their own beside their code, and such as few programs load. */
const APART = [/^bullmq$/, /^ioredis$/, /^pg$/, /^7z-wasm/, /^@virustotal\/yara-x$/, /^@litko\//]

/**
 * Makes each program of what it is made of: a program that loads 800 modules one by one takes three times the processor time
 * to start, and 10 to 25 MB more of memory. What only some of its uses need stays in files of its own.
 */
function programs(workspace: string): RolldownOptions {
  const { bin, exports = {} }: Manifest = JSON.parse(readFileSync(join(workspace, 'package.json'), 'utf8'))
  const files = [
    ...Object.values(bin),
    ...Object.values(exports).map((each) => (typeof each === 'string' ? each : each.default)),
  ]
  const built = files.filter((file) => /^(\.\/)?dist\/bin\//.test(file))
  const sources = built.map((file) => join('src/bin', `${basename(file, '.js')}.ts`))
  const inputs = [...new Set([...sources, ...(BY_PATH[workspace] ?? [])])]
  return {
    cwd: join(import.meta.dirname, workspace),
    input: Object.fromEntries(inputs.map((file) => [basename(file, '.ts'), file])),
    external: APART,
    platform: 'node',
    resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
    output: { dir: 'dist/bin', entryFileNames: '[name].js', chunkFileNames: '[name].js' },
  }
}

interface Manifest {
  bin: Record<string, string>
  exports?: Record<string, string | { default: string }>
}

export default defineConfig(BUNDLED.map(programs))
