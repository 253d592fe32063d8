/**
 * What keeps a project from being made, as a sentence that says what to do. Not a PolySwarmError: this package depends on
 * nothing, so that `npm create` has next to nothing to fetch.
 */
export class ScaffoldError extends Error {
  override name = 'ScaffoldError'
}
