/**
 * The consumer API (v3): what a service that people ask, and its clients, say to each other. Every route is in
 * {@link consumerOperations}.
 *
 * @packageDocumentation
 */
export * from './account.js'
export * from './accuracy.js'
export * from './encodings.js'
export * from './engine.js'
export * from './envelope.js'
export * from './instance.js'
export * from './ioc.js'
export * from './metadata.js'
export * from './operations.js'
export * from './submission.js'
export * from './webhook.js'
