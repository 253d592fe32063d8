import * as modules from 'node:module'

/*
 * For `node --import`: a keystore that a program makes costs 1,024 instead of 2^18, and is one as ever. Where a test types
 * `account new` again and again, keys of passwords are a sixth of the processor time; what they are worth as shipped, other
 * tests see: the page for operators on anvil, and those beside the code. An older Node, which starts npm, has no such hooks.
 */
const USUAL = 'cost = 2 ** 18'
const OF_KEYSTORES = /\/participants\/dist\/(bin|runtime\/keys)\/keystore\.js$/

modules.registerHooks?.({
  load(url, context, next) {
    const loaded = next(url, context)
    if (!OF_KEYSTORES.test(url)) return loaded
    const source = String(loaded.source)
    if (!source.includes(USUAL)) throw new Error(`${url} does not say "${USUAL}": mend light-keystores.js.`)
    return { ...loaded, source: source.replace(USUAL, 'cost = 2 ** 10') }
  },
})
