import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
/** Workspaces whose programs are bundled, and those that they are bundled of. */
const BUNDLED = ['polyswarmd', 'participants', 'consumer', 'devnet', 'polyswarm-cli']
const BUNDLED_OF = [...BUNDLED, 'contracts', 'protocol']

/** @throws Error where the programs that tests start were bundled before their code was compiled for the last time. */
export default function bundledPrograms(): void {
  const compiled = Math.max(...BUNDLED_OF.flatMap((workspace) => times(join(ROOT, workspace, 'dist'), 'bin')))
  const stale = BUNDLED.filter((workspace) => Math.max(...times(join(ROOT, workspace, 'dist/bin'))) < compiled)
  if (stale.length > 0)
    throw new Error(`The programs of ${stale.join(', ')} are older than their code: npm run bundle.`)
}

/** When the modules in a directory were written, in milliseconds since 1970; those in one of its folders are left out. */
function times(directory: string, leftOut?: string): number[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) return entry.name === leftOut ? [] : times(path)
    return entry.name.endsWith('.js') ? [statSync(path).mtimeMs] : []
  })
}
