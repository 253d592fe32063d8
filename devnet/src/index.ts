/**
 * A whole PolySwarm market on one machine: chain, contracts, polyswarmd, arbiter, microengines and ambassador as
 * processes, and the story of what happens between them.
 *
 * @packageDocumentation
 */
export { type MarketEvents, type RunningMarket, startMarket } from './market.js'
export { type MarketFile, marketFileSchema } from './market-file.js'
export type { ReloadEvents } from './reload/engine-reloader.js'
export type { MarketDocument } from './report/market-document.js'
export { type GuestEngine, type MarketSettings, parseSettings, type RawSettings } from './settings.js'
