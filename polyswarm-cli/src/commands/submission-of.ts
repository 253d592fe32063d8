import type { Instance } from '@polyswarm/protocol/consumer'
import type { ConsumerClient } from '../client/consumer-client.js'
import { NothingFoundError } from '../errors.js'
import { parseSubject } from '../subject.js'

/** A submission by its id, or the latest one of a hash. @throws NothingFoundError where there is none. */
export async function submissionOf(client: ConsumerClient, target: string): Promise<Instance> {
  const subject = parseSubject(target)
  if ('id' in subject) return client.submission(subject.id)
  for await (const instance of client.withHash(subject.hash)) return instance
  throw new NothingFoundError({ subject: subject.hash, reason: 'the market has not judged it; polyswarm scan asks.' })
}
