import { pino } from 'pino'
import { ConsumerService, type ConsumerServiceOptions } from './consumer-service.ts'

/** Starts a service without a market, that wants keys: what it accepts waits. */
export function startLoneService(
  options: Partial<ConsumerServiceOptions> & Pick<ConsumerServiceOptions, 'data'>,
): Promise<ConsumerService> {
  return ConsumerService.start({
    ...{ host: '127.0.0.1', port: 0, hosts: [], webhookAddresses: ['127.0.0.1'], logger: pino({ level: 'silent' }) },
    ...{ duration: 12, inFlight: 10, gather: 0, freshFor: 3_600_000, budget: null, retention: null },
    ...{ keysRequired: true, requestsPerMinute: 100_000, maxStoredBytes: 10_000, maxArtifactSize: 1_000 },
    nameOf: (address) => address,
    ...options,
  })
}
