import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { BUNDLED } from '../../rolldown.config.ts'

const ROOT = join(import.meta.dirname, '../..')
const BUNDLED_OF = [
  ...[...BUNDLED, 'contracts', 'protocol'].map((workspace) => `${workspace}/dist`),
  'dashboard/dist/server',
]

/** @throws Error where the programs that tests start were bundled before their code was compiled for the last time. */
export default function bundledPrograms(): void {
  const compiled = Math.max(...BUNDLED_OF.flatMap((directory) => times(join(ROOT, directory), 'bin')))
  const stale = BUNDLED.filter((workspace) => Math.min(...programTimes(join(ROOT, workspace))) < compiled)
  if (stale.length > 0)
    throw new Error(`The programs of ${stale.join(', ')} are older than their code: npm run bundle.`)
}

/** When each program of a workspace was bundled, in milliseconds since 1970. */
function programTimes(workspace: string): number[] {
  const { bin }: { bin: Record<string, string> } = JSON.parse(readFileSync(join(workspace, 'package.json'), 'utf8'))
  return Object.values(bin).map((file) => statSync(join(workspace, file)).mtimeMs)
}

/** When the modules in a directory were written, in milliseconds since 1970; those in one of its folders are left out. */
function times(directory: string, leftOut?: string): number[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) return entry.name === leftOut ? [] : times(path)
    return entry.name.endsWith('.js') ? [statSync(path).mtimeMs] : []
  })
}
