import type { FastifyInstance } from 'fastify'
import { canBe } from './path-variables.js'

/** Which methods a path answers to, for paths that exist under another method than the one that was asked for. */
export interface KnownPaths {
  /** Methods of a path, without the trailing slash; empty where there is no such path. */
  methodsOf(path: string): string[]
}

interface KnownPath {
  parts: readonly string[]
  methods: Set<string>
}

/** Takes down every route that is added to the app from now on. */
export function recordPaths(app: FastifyInstance): KnownPaths {
  const known = new Map<string, KnownPath>()
  app.addHook('onRoute', ({ url, method }) => {
    const path = url.replace(/\/$/, '')
    const entry = known.get(path) ?? { parts: path.split('/'), methods: new Set() }
    known.set(path, entry)
    for (const name of [method].flat()) entry.methods.add(name)
  })
  return {
    methodsOf: (path) => {
      const texts = path.split('/')
      const methods = [...known.values()]
        .filter(({ parts }) => fits(texts, parts))
        .flatMap((entry) => [...entry.methods])
      return [...new Set(methods)]
    },
  }
}

function fits(texts: readonly string[], parts: readonly string[]): boolean {
  if (texts.length !== parts.length) return false
  return parts.every((part, index) => {
    const text = texts[index] ?? ''
    return part.startsWith(':') ? canBe(part.slice(1), text) : part === text
  })
}
