/**
 * What a service needs that posts bounties for others: the ambassador's role with a source of its own, what a role is given,
 * and the files that it keeps.
 *
 * @packageDocumentation
 */
export { type FileFormat, formatOf } from '../artifacts/file-format.js'
export { urlProblem } from '../artifacts/url-list.js'
export { BountySourceError, InvalidOptionError, MarketFileError } from '../errors.js'
export type { BountyRecord } from '../runtime/bounty-book.js'
export { isUnusable } from '../runtime/passing-error.js'
export type { PlannedBounty } from '../runtime/planned-bounties.js'
export { lockBeside, makeDatabasePrivate, openDatabase } from '../runtime/private-database.js'
export { makePrivate } from '../runtime/private-path.js'
export type { ParticipantContext } from '../runtime/role.js'
export { UndecidingRole } from '../runtime/undeciding-role.js'
export { AmbassadorRole, type AmbassadorRoleOptions } from './ambassador-role.js'
export type { ArtifactFile, BountySource, PlannedTerms } from './bounty-source.js'
