import { registerHooks } from 'node:module'

/** Packages that every engine file may import, wherever it lies. */
const OWN = /^@polyswarm\/(participants|protocol)(\/|$)/

let isDone = false

/**
 * Lets files that are loaded from now on import the packages of this program, where they have none of their own: an engine
 * need not lie in a project with `node_modules`. The entry points of this very package are parts of the program: they are
 * not loaded a second time beside it.
 */
export function resolveOwnPackages(): void {
  if (isDone) return
  isDone = true
  registerHooks({
    resolve(specifier, context, nextResolve) {
      try {
        return nextResolve(specifier, context)
      } catch (error) {
        if (!OWN.test(specifier)) throw error
        return nextResolve(specifier, { ...context, parentURL: import.meta.url })
      }
    },
  })
}
