/**
 * The SDK that a microengine is written with, and the client of polyswarmd.
 *
 * @packageDocumentation
 */

export type { AnalysisBackend, AnalysisRequest } from './analysis/analysis-backend.js'
export type { ArchiveLimits } from './archives/archive-limits.js'
export type { ArchiveMember } from './archives/archive-member.js'
export { isArchive } from './archives/containers.js'
export { entropyOf } from './artifacts/entropy.js'
export { type FileFormat, formatOf } from './artifacts/file-format.js'
export {
  AnalysisError,
  ArchiveBombError,
  BackendError,
  ClamdError,
  ExaminerError,
  YaraProcessError,
} from './backend-errors.js'
export { ClamavBackend, type ClamavBackendOptions } from './backends/clamav/clamav-backend.js'
export { type ClamdAddress, parseClamdAddress } from './backends/clamav/clamd-address.js'
export type { AnswerRule } from './backends/command/command-answer.js'
export { CommandBackend, type CommandBackendOptions } from './backends/command/command-backend.js'
export { parseCommandLine } from './backends/command/command-line.js'
export { eicarBackend } from './backends/eicar/eicar-backend.js'
export { entropyBackend } from './backends/entropy/entropy-backend.js'
export { HttpBackend, type HttpBackendOptions } from './backends/http/http-backend.js'
export { MultiBackend } from './backends/multi/multi-backend.js'
export { scratchBackend } from './backends/scratch/scratch-backend.js'
export { YaraBackend, type YaraBackendOptions } from './backends/yara/yara-backend.js'
export { EventStream, type EventStreamOptions } from './client/event-stream.js'
export { parseGatewayUrl } from './client/gateway-url.js'
export { type ChainName, PolyswarmdClient, type PolyswarmdClientOptions } from './client/polyswarmd-client.js'
export type { DistillationPolicy } from './distillation/policies.js'
export { ArtifactSource } from './download/artifact-source.js'
export {
  AnswerTooLargeError,
  ApiKeyOverHttpError,
  ArtifactMismatchError,
  ArtifactTooLargeError,
  ContentArchiveError,
  DutyMissedError,
  GatewayAnswerError,
  GatewayRefusedError,
  GatewayUnavailableError,
  InsufficientFundsError,
  InvalidGatewayAddressError,
  InvalidOptionError,
  JournalError,
  JournalLockedError,
  JournalWriteError,
  MalformedArtifactError,
  MarketFileError,
  MarketMismatchError,
  ParticipantSetupError,
  ParticipantStuckError,
  QuoteRejectedError,
} from './errors.js'
export { openArchive } from './examiner/open-archive.js'
export { abstain, benign, type Finding, malicious, type Opinion, suspicious, unknown } from './findings/finding.js'
export { UNSEEN, type Unseen } from './findings/unseen.js'
export {
  type DefinedMicroengine,
  defineMicroengine,
  type MicroengineDefinition,
} from './microengine/define-microengine.js'
export {
  type AssertVerdict,
  Microengine,
  type MicroengineOptions,
  type ScanRequest,
  type VerdictRequest,
} from './microengine/microengine.js'
export {
  type RunningMicroengine,
  type StartMicroengineOptions,
  startMicroengine,
} from './microengine/start-microengine.js'
export type { RivalBids } from './runtime/journal/finding-history.js'
export { openKeystore } from './runtime/keys/keystore.js'
export type { GasLimits } from './runtime/transactions/gas-quotes.js'
export { type BacktestBounty, type BacktestResult, backtest } from './staking/backtest.js'
export type { BidRequest } from './staking/bid-request.js'
export { bidsFor, type StakingSettings } from './staking/bids-for.js'
export type { RiskLimits } from './staking/risk-limits.js'
export type { StakingStrategy } from './staking/strategies.js'
