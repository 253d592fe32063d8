/**
 * The language that every part of a PolySwarm market speaks. Pure functions and schemas: no file, no socket, no clock; it
 * runs in a browser as well as in Node.
 *
 * @packageDocumentation
 */
export * from './abis.js'
export * from './amount.js'
export * from './api/bounty.js'
export * from './api/envelope.js'
export * from './api/event.js'
export * from './api/list.js'
export * from './api/market.js'
export * from './api/offer.js'
export * from './api/transaction.js'
export * from './artifact-type.js'
export * from './bloom.js'
export * from './commitment.js'
export * from './content-address.js'
export * from './errors.js'
export * from './gas-bound.js'
export * from './guid.js'
export * from './json.js'
export * from './keystore.js'
export * from './market-call.js'
export * from './mask.js'
export * from './metadata.js'
export * from './offer-call.js'
export * from './offer-state.js'
export * from './phase.js'
export * from './quorum.js'
export * from './settlement.js'
export * from './verdict.js'
