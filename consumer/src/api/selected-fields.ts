/** Which fields of an answer are wanted: paths with dots, in which `*` stands for any name; all of an object by its own path. */
interface FieldSelection {
  /** Nothing else, where any are given. */
  include: readonly string[]
  exclude: readonly string[]
}

/** Names below each other that a path can have. */
const DEEPEST = 16

/**
 * The part of an object that is wanted. Objects of which nothing is left are left out.
 *
 * @example `{ include: ['scan.*.created'], exclude: [] }`
 */
export function selectedFields<T extends object>(value: T, { include, exclude }: FieldSelection): Partial<T> {
  const [wanted, unwanted] = [include, exclude].map((paths) => paths.map((path) => path.split('.', DEEPEST)))
  const select = (part: object, above: readonly string[]): object => {
    const kept = Object.entries(part).flatMap(([name, inside]): [string, unknown][] => {
      const path = [...above, name]
      if (typeof inside === 'object' && inside !== null && !Array.isArray(inside)) {
        const left = select(inside, path)
        return Object.keys(left).length === 0 ? [] : [[name, left]]
      }
      const isWanted = !wanted?.length || wanted.some((pattern) => covers(pattern, path))
      return isWanted && !unwanted?.some((pattern) => covers(pattern, path)) ? [[name, inside]] : []
    })
    return Object.fromEntries(kept)
  }
  return select(value, []) as Partial<T>
}

/** Whether a pattern names a field, or an object that it is in. */
function covers(pattern: readonly string[], path: readonly string[]): boolean {
  return pattern.length <= path.length && pattern.every((name, at) => name === '*' || name === path[at])
}
