import { registerHooks } from 'node:module'

/** Packages that every engine file may import, wherever it lies. */
const OWN = /^@polyswarm\/(participants|protocol)(\/|$)/

/** The SDK among the modules that this program was bundled of; undefined where it was not bundled. */
const BUNDLED = /\/dist\/bin\/[^/]+$/.test(import.meta.url) ? new URL('./index.js', import.meta.url).href : undefined

let isDone = false

/**
 * Lets files that are loaded from now on import the packages of this program, where they have none of their own: an engine
 * need not lie in a project with `node_modules`. The SDK of this very package is not loaded a second time beside the program
 * that it is a part of.
 */
export function resolveOwnPackages(): void {
  if (isDone) return
  isDone = true
  const sdk = BUNDLED && import.meta.resolve('@polyswarm/participants')
  registerHooks({
    resolve(specifier, context, nextResolve) {
      try {
        const found = nextResolve(specifier, context)
        return BUNDLED && found.url === sdk ? { ...found, url: BUNDLED } : found
      } catch (error) {
        if (!OWN.test(specifier)) throw error
        return nextResolve(specifier, { ...context, parentURL: import.meta.url })
      }
    },
  })
}
