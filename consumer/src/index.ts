/**
 * The service that people ask: what they submit is posted as bounties, and what a market says of it is answered over HTTP.
 *
 * @packageDocumentation
 */
export { ConsumerService, type ConsumerServiceOptions } from './consumer-service.js'
