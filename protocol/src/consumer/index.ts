/**
 * The consumer API (v3): what a service that people ask, and its clients, say to each other. Every route is in
 * {@link consumerOperations}.
 *
 * @packageDocumentation
 */
export { MAX_ARTIFACT_SIZE } from '../artifact-size.js'
export { type Account, accountResult, type KeyResult, keyResult, madeKeyResult, whoisResult } from './account.js'
export { type Accuracy, accuracyResult } from './accuracy.js'
export { type ArchiveResult, archiveResult, MAX_SINCE } from './archive.js'
export {
  type HashType,
  hashTypeOf,
} from './encodings.js'
export { type Engine, engineResult } from './engine.js'
export { failure, list, MAX_PAGE, one } from './envelope.js'
export {
  INSTANCE_STATES,
  type Instance,
  instanceResult,
} from './instance.js'
export { IOC_KINDS, type IocKind, type IocResult, iocMatch, iocResult } from './ioc.js'
export {
  METADATA_ALIASES,
  METADATA_FIELDS,
  type MetadataField,
  type MetadataResult,
  metadataField,
  metadataResult,
} from './metadata.js'
export { type ConsumerOperation, consumerOperations } from './operations.js'
export { createInstanceRequest, MAX_NAME, MAX_URL } from './submission.js'
export {
  type DeliveryResult,
  deliveryResult,
  WEBHOOK_EVENTS,
  type WebhookNotification,
  type WebhookResult,
  webhookNotification,
  webhookResult,
} from './webhook.js'
