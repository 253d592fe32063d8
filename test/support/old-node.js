import { registerHooks } from 'node:module'

/*
 * Makes this Node an old one, as far as a program can tell that begins on it: it says so, and has no SQLite. To be loaded
 * before the program, with `--import`.
 */
Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.0.0' } })
registerHooks({
  resolve(specifier, context, next) {
    if (specifier === 'node:sqlite') throw new Error('No such built-in module: node:sqlite')
    return next(specifier, context)
  },
})
