import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The top of the repository. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** A TypeScript source of a workspace. */
export interface SourceFile {
  workspace: string
  /** From the top of the repository. */
  path: string
  text: string
}

/** Every TypeScript source of the workspaces, without tests. */
export function sourceFiles(): SourceFile[] {
  return globSync('*/src/**/*.ts', { cwd: ROOT, exclude: ['**/node_modules/**', '**/*.test.ts'] })
    .filter((path) => !path.startsWith('test/'))
    .sort()
    .map((path) => ({ workspace: path.split('/', 1)[0] ?? '', path, text: readFileSync(`${ROOT}/${path}`, 'utf8') }))
}
