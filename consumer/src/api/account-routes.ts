import { consumerOperations as operations } from '@polyswarm/protocol/consumer'
import type { FastifyInstance } from 'fastify'
import type { ConsumerRoutesOptions } from './consumer-routes.js'

/** Whose key it is, and what may be done with it. */
export function accountRoutes(app: FastifyInstance, { desk, callers, community }: ConsumerRoutesOptions): void {
  const { whois, account: ofAccount } = operations

  app.get(whois.path, async (request) => {
    const { name, id } = await callers.of(request)
    const result = { account_name: name, account_number: String(id), account_type: 'user', communities: [community] }
    return { status: 'OK', result }
  })
  app.get(ofAccount.path, async (request) => {
    const account = await callers.of(request)
    const { name, id, budget, spent, submissionsPerHour } = account
    const { used, resetsIn } = await desk.usage(account)
    const left = budget === null || budget < spent ? 0n : budget - spent
    const features = [{ name: 'Submissions an hour', tag: 'submissions_per_hour', value: submissionsPerHour ?? true }]
    const result = {
      ...{ account_name: name, account_number: String(id), account_type: 'user', features },
      submissions: { limit: submissionsPerHour, used, resets_in: resetsIn },
      budget: budget === null ? null : { limit: String(budget), spent: String(spent), left: String(left) },
      price: String(await desk.price()),
    }
    return { status: 'OK', result }
  })
}
