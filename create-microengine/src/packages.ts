import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ScaffoldError } from './errors.js'

/** What an engine is made with, and what a market for it is made with; all that they need of each other is in it. */
export const RUNTIME_PACKAGES = ['contracts', 'protocol', 'participants'] as const
export const MARKET_PACKAGES = ['polyswarmd', 'consumer', 'dashboard', 'cli', 'devnet'] as const

type PackageName = (typeof RUNTIME_PACKAGES)[number] | (typeof MARKET_PACKAGES)[number]

/** File names of tarballs by package. */
export type Tarballs = Record<PackageName, string>

/**
 * Finds the tarballs of one version, as `npm pack` names them.
 *
 * @throws ScaffoldError naming those that are missing.
 */
export async function packagesIn(directory: string, version: string): Promise<Tarballs> {
  const there = await readdir(directory).catch((error: Error) => {
    throw new ScaffoldError(`--packages ${directory} cannot be read: ${error.message}.`, { cause: error })
  })
  const names = [...RUNTIME_PACKAGES, ...MARKET_PACKAGES]
  const files = names.map((name) => [name, `polyswarm-${name}-${version}.tgz`] as const)
  const missing = files.map(([, file]) => file).filter((file) => !there.includes(file))
  if (missing.length > 0) {
    throw new ScaffoldError(`--packages ${directory} lacks ${missing.join(', ')}: make them with npm pack.`)
  }
  return Object.fromEntries(files) as Tarballs
}

/**
 * The directory of the tarball that this program was installed from, where the other packages lie beside it: who runs
 * `npm create` with a tarball has no registry that knows them. npm notes where a package is from at the top of the tree
 * that it is in.
 *
 * @param own a file of this package, for which the tree is looked through upwards.
 * @returns undefined where it is from a registry, or alone.
 */
export async function packagesBeside(own: string, version: string): Promise<string | undefined> {
  for (let folder = dirname(own); folder !== dirname(folder); folder = dirname(folder)) {
    const lock = await readFile(join(folder, 'node_modules/.package-lock.json'), 'utf8').catch(() => undefined)
    if (lock === undefined) continue
    const directory = directoryIn(lock, folder)
    if (directory === undefined) continue
    return packagesIn(directory, version).then(
      () => directory,
      () => undefined,
    )
  }
  return undefined
}

/** Where npm's note on the tree below `top` says that this package is from, if that is a tarball. */
function directoryIn(lock: string, top: string): string | undefined {
  try {
    const { packages } = JSON.parse(lock) as { packages: Record<string, { resolved?: string }> }
    const { resolved = '' } = packages['node_modules/@polyswarm/create-microengine'] ?? {}
    if (!/^file:.*\.tgz$/.test(resolved)) return undefined
    const path = resolved.startsWith('file:///') ? fileURLToPath(resolved) : resolved.slice('file:'.length)
    return dirname(resolve(top, path))
  } catch {
    return undefined
  }
}
