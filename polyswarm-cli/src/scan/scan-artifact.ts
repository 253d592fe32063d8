import { createHash } from 'node:crypto'
import type { Instance } from '@polyswarm/protocol/consumer'
import type { ConsumerClient } from '../client/consumer-client.js'
import { NothingFoundError, ServiceAnswerError } from '../errors.js'
import type { FoundArtifact } from './artifact-walk.js'
import type { Semaphore } from './semaphore.js'
import type { Submissions } from './submissions.js'
import { utc } from './utc.js'
import { type WaitSettings, waitForAnswer } from './wait-for-answer.js'

/** How artifacts are scanned. */
export interface ScanSettings {
  /** Ask the market even if it has judged the same artifact lately. */
  fresh: boolean
  /** Milliseconds for which an answer counts as lately given. */
  maxAge: number
  /** Keep artifact and answer to the key's own account. */
  private: boolean
  /** Days until the service deletes both. */
  expirationWindow?: number | undefined
  /** Password of an archive, told to the engines. */
  password?: string | undefined
  /** Bytes of the largest artifact. */
  maxArtifactSize: number
  /** Undefined for not waiting at all. */
  wait?: WaitSettings | undefined
}

/** What this command does its work with. */
export interface ScanContext {
  client: ConsumerClient
  /** Places for artifacts in memory. */
  gate: Semaphore
  submissions: Submissions
  /** Answers that are waited for, by what they are on: the same bytes are submitted once. */
  inFlight: Map<string, Promise<Instance>>
  signal: AbortSignal
  now: () => number
}

/** A submission and what is known of it. */
export interface Answered {
  /** What the user named: a path, a URL, a hash or an id. */
  target: string
  instance: Instance
  /** Whether it was there before the command asked: nothing was uploaded and nothing paid. */
  known: boolean
}

/**
 * Has one artifact judged: looks whether the market has judged it lately, and where it has not, uploads it and waits.
 *
 * @throws UnusableTargetError where it cannot be read.
 * @throws SubmissionFailedError, StillOpenError where no answer comes.
 */
export async function scanArtifact(
  found: FoundArtifact,
  settings: ScanSettings,
  context: ScanContext,
): Promise<Answered> {
  const { gate, inFlight, signal } = context
  const { target } = found
  const begun = await gate.within(async (): Promise<Begun> => {
    const content = await found.read(settings.maxArtifactSize, signal)
    const sha256 = createHash('sha256').update(content).digest('hex')
    const key = `${found.type} ${sha256}`
    const same = inFlight.get(key)
    if (same) return { answer: same, known: true }
    const known = settings.fresh ? undefined : await knownAnswer(found, sha256, settings.maxAge, context)
    if (known) return { answer: Promise.resolve(known), known: true }
    // Another of the same bytes may have come as far while this one was looked up.
    const meanwhile = inFlight.get(key)
    if (meanwhile) return { answer: meanwhile, known: true }
    const { promise: submitted, resolve, reject } = Promise.withResolvers<Instance>()
    const answer = submitted.then((instance) => awaited(target, instance, settings.wait, context))
    inFlight.set(key, answer)
    answer.finally(() => inFlight.delete(key)).catch(() => undefined)
    await submit(found, content, sha256, settings, context).then(resolve, reject)
    return { answer, known: false }
  })
  const instance = await begun.answer
  // The service may know, too, that the same bytes were judged lately.
  return { target, instance, known: begun.known || instance.answered_by !== null }
}

interface Begun {
  answer: Promise<Instance>
  known: boolean
}

async function awaited(
  target: string,
  instance: Instance,
  settings: WaitSettings | undefined,
  { client, submissions, signal }: ScanContext,
): Promise<Instance> {
  if (settings) return waitForAnswer(instance, { target, settings, client, submissions, signal })
  submissions.over(instance.id)
  return instance
}

/** The latest answer of the market on this artifact, if it is young enough. */
async function knownAnswer(
  { type, name }: FoundArtifact,
  sha256: string,
  maxAge: number,
  { client, now }: ScanContext,
): Promise<Instance | undefined> {
  const answers = type === 'URL' ? client.withUrl(name) : client.withHash(sha256)
  try {
    for await (const instance of answers) {
      const age = now() - Date.parse(utc(instance.last_scanned ?? instance.created))
      const isAnswer = instance.window_closed && !instance.failed && instance.type === type
      const isSame = type === 'URL' || instance.sha256?.toLowerCase() === sha256
      return isAnswer && isSame && age <= maxAge ? instance : undefined
    }
  } catch (error) {
    if (!(error instanceof NothingFoundError)) throw error
  }
  return undefined
}

async function submit(
  { target, name, type }: FoundArtifact,
  content: Buffer,
  sha256: string,
  settings: ScanSettings,
  { client, submissions }: ScanContext,
): Promise<Instance> {
  const { fresh, private: isPrivate, expirationWindow, password } = settings
  submissions.uploading(target)
  const created = await client.create({ name, type, fresh, private: isPrivate, expirationWindow, password })
  if (created.upload_url === null) throw new ServiceAnswerError({ route: 'POST /instance', reason: 'no upload_url' })
  await client.upload(created.upload_url, content)
  // From here on it may be paid for, whether or not the answer to this arrives.
  submissions.started(target, created.id)
  const started = await client.start(created.id)
  if (started.sha256 !== null && started.sha256.toLowerCase() !== sha256) {
    throw new ServiceAnswerError({ route: 'PUT /instance', reason: `it has other bytes than those of ${target}` })
  }
  submissions.changed(started)
  return started
}
