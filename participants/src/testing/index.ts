/**
 * What an author of an analysis backend tests it with: the rules that every backend keeps, and artifacts to try them on.
 *
 * @packageDocumentation
 */
export { type ConformanceCase, type ConformanceOptions, conformanceCases } from './conformance.js'
export { type ProbeArtifact, probeArtifacts } from './probe-artifacts.js'
export { probeUrls } from './probe-urls.js'
export { type WebhookCaseOptions, webhookCases } from './webhook-cases.js'
