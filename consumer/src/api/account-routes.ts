import { consumerOperations as operations } from '@polyswarm/protocol/consumer'
import type { FastifyInstance } from 'fastify'
import type { ConsumerRoutesOptions } from './consumer-routes.js'

/** What clients of the public API look for. */
const NO_PLAN = {
  account_plan_name: 'none',
  ...{ plan_period_start: null, plan_period_end: null, window_start: null, window_end: null },
  ...{ daily_api_limit: null, daily_api_remaining: null, has_stream_access: false },
  ...{ is_trial: false, is_trial_expired: false, trial_started_at: null, trial_ended_at: null },
}

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
    const submissions = { name: 'Submissions an hour', tag: 'submissions_per_hour', value: submissionsPerHour ?? true }
    const uses = {
      base_uses: submissionsPerHour,
      remaining_uses: submissionsPerHour === null ? null : Math.max(0, submissionsPerHour - used),
    }
    const features = [{ ...submissions, ...uses }]
    const result = {
      ...NO_PLAN,
      ...{ account_name: name, account_number: String(id), account_type: 'user', features },
      submissions: { limit: submissionsPerHour, used, resets_in: resetsIn },
      budget: budget === null ? null : { limit: String(budget), spent: String(spent), left: String(left) },
      price: String(await desk.price()),
    }
    return { status: 'OK', result }
  })
}
