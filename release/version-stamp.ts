/** A package.json, or an entry of package-lock.json, as far as its version goes. */
export interface Versioned {
  version?: string
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
}

const RELATIONS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const

/** The same with another version, of itself and of the packages of this project that it depends on. */
export function stamped<T extends Versioned>(manifest: T, version: string): T {
  const copy = { ...manifest, version }
  for (const relation of RELATIONS) {
    const before = manifest[relation]
    if (!before) continue
    copy[relation] = Object.fromEntries(
      Object.entries(before).map(([name, range]) => [name, name.startsWith('@polyswarm/') ? version : range]),
    )
  }
  return copy
}

/** What a package-lock.json says of its workspaces, stamped; what comes from elsewhere stays as it is. */
export function stampedLock<T extends { version?: string; packages: Record<string, Versioned> }>(
  lock: T,
  workspaces: readonly string[],
  version: string,
): T {
  const own = new Set(['', ...workspaces])
  const packages = Object.entries(lock.packages).map(([path, entry]) => [
    path,
    own.has(path) ? stamped(entry, version) : entry,
  ])
  return { ...lock, version, packages: Object.fromEntries(packages) }
}

/** Whether a text is a version, such as 1.2.3 or 1.2.3-rc.1. */
export function isVersion(text: string): boolean {
  return /^(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}(-[0-9a-z]+(\.[0-9a-z]+)*)?$/.test(text)
}
