/**
 * What a program that sets a market up needs of its participants: their keys, the truth for their arbiter and the
 * cases that people decide, the sample bounties, what they have decided, and files that are nobody else's; what a front needs that asks workers; and what a
 * program needs that delivers to webhooks.
 *
 * @packageDocumentation
 */
export {
  type LeftOutFile,
  type PostableFiles,
  postableFiles,
} from './ambassador/postable-files.js'
export { type SampleArtifact, type SampleBounty, sampleBounties } from './ambassador/sample-artifacts.js'
export { CaseBook } from './arbiter/cases/case-book.js'
export { eicarTruth } from './arbiter/eicar-truth.js'
export { type KnownTruth, TruthDatabase } from './arbiter/truth-database.js'
export { type ListedUrl, parseUrlList } from './artifacts/url-list.js'
export {
  ForbiddenAddressError,
  QueueKeyError,
  QueueUnavailableError,
  TruthConflictError,
  TruthDatabaseError,
  WebhookDeliveryError,
  WebhookPausedError,
  WebhookSecretError,
} from './errors.js'
export { QueueKey } from './queue/queue-key.js'
export { QueuedFindings, type QueuedFindingsOptions } from './queue/queued-findings.js'
export { makePrivate } from './runtime/files/private-path.js'
export { type JournalDecision, readDecisions } from './runtime/journal/journal-decisions.js'
export { type CreateKeystoreOptions, createKeystoreFile, openKeystore } from './runtime/keys/keystore.js'
export { AddressGuard } from './webhook/address-guard.js'
export type { DeliveryLog } from './webhook/delivery.js'
export type { WebhookStanding, WebhookState } from './webhook/webhook-health.js'
export { WebhookSecret } from './webhook/webhook-secret.js'
export {
  type DeliveryRecord,
  type WebhookDelivery,
  WebhookSender,
  type WebhookSenderOptions,
} from './webhook/webhook-sender.js'
