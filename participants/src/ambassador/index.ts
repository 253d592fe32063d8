/**
 * What a service needs that posts bounties for others: the ambassador's role with a source of its own, what a role is given,
 * and the files that it keeps.
 *
 * @packageDocumentation
 */
export { type FileFormat, formatOf } from '../artifacts/file-format.js'
export { urlProblem } from '../artifacts/url-list.js'
export { isUnusable } from '../client/passing-error.js'
export { BountySourceError, InvalidOptionError, MarketFileError } from '../errors.js'
export { lockBeside, makeDatabasePrivate, openDatabase } from '../runtime/files/private-database.js'
export { makePrivate } from '../runtime/files/private-path.js'
export type { BountyRecord } from '../runtime/journal/bounty-book.js'
export type { PlannedBounty } from '../runtime/journal/planned-bounties.js'
export type { ParticipantContext, Role } from '../runtime/roles/role.js'
export { AmbassadorRole, type AmbassadorRoleOptions } from './ambassador-role.js'
export type { ArtifactFile, BountySource, PlannedTerms } from './bounty-source.js'
