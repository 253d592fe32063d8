/**
 * The SDK that a microengine is written with, and the client of polyswarmd.
 *
 * @packageDocumentation
 */
export { ArtifactSource } from './artifacts/artifact-source.js'
export { EventStream, type EventStreamOptions } from './client/event-stream.js'
export { parseGatewayUrl } from './client/gateway-url.js'
export { type ChainName, PolyswarmdClient, type PolyswarmdClientOptions } from './client/polyswarmd-client.js'
export type { RetryPolicy } from './client/retry.js'
export * from './errors.js'
export type { AnalysisBackend, AnalysisRequest } from './microengine/analysis-backend.js'
export {
  type DefinedMicroengine,
  defineMicroengine,
  type MicroengineDefinition,
} from './microengine/define-microengine.js'
export type { DistillationPolicy } from './microengine/distillation.js'
export { abstain, benign, type Finding, malicious, suspicious, unknown } from './microengine/finding.js'
export {
  type AssertVerdict,
  type BidRequest,
  Microengine,
  type MicroengineOptions,
  type ScanRequest,
  type VerdictRequest,
} from './microengine/microengine.js'
export { type BidRange, bidFor, type StakingStrategy } from './microengine/staking.js'
