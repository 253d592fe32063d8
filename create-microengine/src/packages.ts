import { readdir } from 'node:fs/promises'
import { ScaffoldError } from './errors.js'

/** What an engine is made with, and what a market for it is made with; all that they need of each other is in it. */
export const RUNTIME_PACKAGES = ['contracts', 'protocol', 'participants'] as const
export const MARKET_PACKAGES = ['polyswarmd', 'consumer', 'dashboard', 'devnet'] as const

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
