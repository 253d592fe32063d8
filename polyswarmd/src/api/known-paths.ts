import type { FastifyInstance } from 'fastify'

/** Which methods a path answers to, for paths that exist under another method than the one that was asked for. */
export interface KnownPaths {
  /** Methods of a path, without the trailing slash; empty where there is no such path. */
  methodsOf(path: string): string[]
}

/** Takes down every route that is added to the app from now on. */
export function recordPaths(app: FastifyInstance): KnownPaths {
  const patterns = new Map<string, { pattern: RegExp; methods: Set<string> }>()
  app.addHook('onRoute', ({ url, method }) => {
    const path = url.replace(/\/$/, '')
    const pattern = new RegExp(`^${path.replace(/:[a-z]+/gi, '[^/]+')}$`)
    const known = patterns.get(path) ?? { pattern, methods: new Set<string>() }
    patterns.set(path, known)
    for (const name of [method].flat()) known.methods.add(name)
  })
  return {
    methodsOf: (path) => [
      ...new Set(
        [...patterns.values()].filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => [...methods]),
      ),
    ],
  }
}
