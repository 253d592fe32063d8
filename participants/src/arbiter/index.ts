/**
 * What an arbiter of one's own is written with: the role that stakes, votes and settles, and the sources of truth that it
 * asks.
 *
 * @packageDocumentation
 */
export { ArbiterRole, type ArbiterRoleOptions } from './arbiter-role.js'
export type { UnknownPolicy } from './ballot.js'
export { OrderedTruth } from './ordered-truth.js'
export type { ArbiterMemory, TruthAnswer, TruthRequest, TruthSource } from './truth-source.js'
