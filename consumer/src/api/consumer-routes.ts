import {
  createInstanceRequest,
  type HashType,
  type Instance,
  consumerOperations as operations,
} from '@polyswarm/protocol/consumer'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { SubmissionUnknownError, UploadRefusedError } from '../errors.js'
import type { ArtifactShelf } from '../intake/artifact-shelf.js'
import type { SubmissionDesk } from '../intake/submission-desk.js'
import type { EngineNames } from '../market/engine-names.js'
import type { ConsumerAccount } from '../store/account-book.js'
import type { ConsumerStore } from '../store/consumer-store.js'
import { placeOf } from '../store/engine-book.js'
import type { Submission } from '../store/submission.js'
import type { Feed } from './feed.js'
import { type InstanceViewOptions, instanceView, momentOf } from './instance-view.js'
import { openApiDocument } from './openapi-document.js'
import { type Page, pageOf } from './page.js'
import { BASE, originOf, partOf } from './request-parts.js'
import type { UploadRoutesOptions } from './upload-routes.js'
import { encryptedZip } from './zip-download.js'

/** What the routes work with. */
export interface ConsumerRoutesOptions extends InstanceViewOptions, UploadRoutesOptions {
  store: ConsumerStore
  shelf: ArtifactShelf
  desk: SubmissionDesk
  feed: Feed
  nameOf: EngineNames
  /** The communities that submissions can name. */
  community: string
  /** Fires when the service ends. */
  signal: AbortSignal
}

/** Larger than each id. */
const LAST = 2n ** 63n - 1n

/** Every route but that of uploads. */
export function consumerRoutes(app: FastifyInstance, options: ConsumerRoutesOptions): void {
  const { store, desk, shelf, callers, feed, nameOf, uploads, signal, community } = options

  const view = (submission: Submission, request: FastifyRequest): Instance =>
    instanceView(submission, options, (token) => `${originOf(request)}${BASE}/upload/${token}`)
  const one = (submission: Submission, request: FastifyRequest) => ({ status: 'OK', result: view(submission, request) })
  const visible = (id: string, account: ConsumerAccount): Submission => {
    const found = BigInt(id) > LAST ? undefined : store.submissions.visible(BigInt(id), account.id)
    if (!found) throw new SubmissionUnknownError({ what: `submission ${id}` })
    return found
  }
  const page = (
    { offset, limit }: { offset?: string | undefined; limit?: number | undefined },
    request: FastifyRequest,
    find: (before: bigint, limit: number) => readonly Submission[],
  ) => {
    const before = /^\d{1,19}$/.test(offset ?? '') ? BigInt(offset ?? 0) : LAST
    const made: Page<Instance> = pageOf(
      limit,
      (count) => find(before > LAST ? LAST : before, count),
      (submission) => ({
        element: view(submission, request),
        bytes: 1_000 + submission.assertions.length * 4_500,
        offset: String(submission.id),
      }),
    )
    return { status: 'OK', ...made }
  }
  /** Artifacts with a hash of which an account can see a submission. */
  const artifacts = (type: HashType, hash: string, account: ConsumerAccount) =>
    store.artifacts
      .withHash(type, hash)
      .map((artifact) => ({ artifact, latest: store.submissions.ofArtifact(artifact.id, account.id, LAST, 5) }))
      .filter(({ latest }) => latest.length > 0)
  const none = (what: string): never => {
    throw new SubmissionUnknownError({ what })
  }
  const download = async (submission: Submission, raw: boolean, reply: FastifyReply) => {
    const artifact = submission.artifact === null ? undefined : store.artifacts.get(submission.artifact)
    if (!artifact) return none(`artifact of submission ${submission.id}`)
    const blob = await shelf.blob(artifact.sha256).catch(() => none(`artifact ${artifact.sha256}`))
    // The name is that of the content: what somebody called it is nothing to be written to a disk.
    const name = raw ? artifact.sha256 : `${artifact.sha256}.zip`
    reply.header('content-disposition', `attachment; filename=${name}`)
    reply.type(raw ? 'application/octet-stream' : 'application/zip')
    if (raw) return reply.header('content-length', blob.size).send(blob.stream())
    return reply.send(encryptedZip(artifact.sha256, blob))
  }

  const { describe, create, start, submit, poll, dispute, rescanHash, rescanId } = operations

  app.get(describe.path, async (request) => {
    callers.stranger(request)
    return openApiDocument()
  })
  app.post(create.path, async (request) => {
    const account = callers.of(request)
    return one(desk.create(account, partOf(create.body, request.body, 'body')), request)
  })
  app.put(start.path, async (request) => {
    const account = callers.of(request)
    const { id } = partOf(start.query, request.query, 'query')
    partOf(start.body, request.body, 'body')
    return one(desk.start(account, BigInt(visible(id, account).id)), request)
  })
  app.post(submit.path, async (request) => {
    const account = callers.of(request)
    const params = partOf(submit.parameters, request.params, 'community')
    if (!request.isMultipart()) throw new UploadRefusedError({ reason: 'send a form with the file in it' })
    const fields: Record<string, string> = {}
    for await (const part of request.parts()) {
      if (part.type === 'field') {
        fields[part.fieldname] = String(part.value)
        continue
      }
      const body = partOf(
        createInstanceRequest,
        {
          artifact_name: part.filename || 'unnamed',
          artifact_type: fields['artifact-type'],
          community: params.community,
        },
        'form',
      )
      return one(await uploads.during(() => desk.submit(account, body, part.file)), request)
    }
    throw new UploadRefusedError({ reason: 'there is no file in the form, after the fields that say what it is' })
  })
  app.get(poll.path, async (request) => {
    const account = callers.of(request)
    return one(visible(partOf(poll.parameters, request.params, 'id').id, account), request)
  })
  app.delete(operations.delete.path, async (request) => {
    const account = callers.of(request)
    const { id } = partOf(operations.delete.query, request.query, 'query')
    desk.delete(account, visible(id, account).id)
    return { status: 'OK', result: null }
  })
  app.post(dispute.path, async (request) => {
    const account = callers.of(request)
    const { id } = partOf(dispute.query, request.query, 'query')
    const { reason } = partOf(dispute.body, request.body, 'body')
    return one(desk.dispute(account, visible(id, account), reason), request)
  })
  app.post(rescanHash.path, async (request) => {
    const account = callers.of(request)
    const { hash_type, hash } = partOf(rescanHash.parameters, request.params, 'hash')
    const [found] = artifacts(hash_type, hash, account)
    return one(desk.rescan(account, found?.latest[0] ?? none(`artifact ${hash}`)), request)
  })
  app.post(rescanId.path, async (request) => {
    const account = callers.of(request)
    const { id } = partOf(rescanId.parameters, request.params, 'id')
    return one(desk.rescan(account, visible(id, account)), request)
  })

  const { searchHash, searchUrl, searchInstances, list, downloadHash, downloadId } = operations
  app.get(searchHash.path, async (request) => {
    const account = callers.of(request)
    const { hash_type } = partOf(searchHash.parameters, request.params, 'hash_type')
    const query = partOf(searchHash.query, request.query, 'query')
    const found = artifacts(hash_type, query.hash, account)
    if (found.length === 0) none(`artifact ${query.hash}`)
    // The latest that has been answered says more than one that is under way.
    return page(query, request, (before, limit) =>
      found
        .map(({ latest }) => latest.find(({ judged }) => judged !== null) ?? latest[0])
        .filter((submission) => submission !== undefined && submission.id < before)
        .map((submission) => submission as Submission)
        .sort((a, b) => (a.id < b.id ? 1 : -1))
        .slice(0, limit),
    )
  })
  app.get(searchUrl.path, async (request) => {
    const account = callers.of(request)
    const query = partOf(searchUrl.query, request.query, 'query')
    const artifact = store.artifacts.ofUrl(query.url) ?? none('such URL')
    if (store.submissions.ofArtifact(artifact.id, account.id, LAST, 1).length === 0) none('such URL')
    return page(query, request, (before, limit) => store.submissions.ofArtifact(artifact.id, account.id, before, limit))
  })
  app.get(searchInstances.path, async (request) => {
    const account = callers.of(request)
    const query = partOf(searchInstances.query, request.query, 'query')
    const type = hashTypeOfLength(query.hash.length)
    const [found] = artifacts(type, query.hash, account)
    const { id } = found?.artifact ?? none(`artifact ${query.hash}`)
    return page(query, request, (before, limit) => store.submissions.ofArtifact(id, account.id, before, limit))
  })
  app.get(list.path, async (request) => {
    const account = callers.of(request)
    return page(partOf(list.query, request.query, 'query'), request, (before, limit) =>
      store.submissions.ofAccount(account.id, before, limit),
    )
  })
  app.get(downloadHash.path, async (request, reply) => {
    const account = callers.of(request)
    const { hash_type, hash } = partOf(downloadHash.parameters, request.params, 'hash')
    const { raw = false } = partOf(downloadHash.query, request.query, 'query')
    const [found] = artifacts(hash_type, hash, account)
    return download(found?.latest[0] ?? none(`artifact ${hash}`), raw, reply)
  })
  app.get(downloadId.path, async (request, reply) => {
    const account = callers.of(request)
    const { instance_id: id, raw = false } = partOf(downloadId.query, request.query, 'query')
    return download(visible(id, account), raw, reply)
  })

  const { engines, whois, account: ofAccount } = operations
  app.get(engines.path, async (request) => {
    callers.stranger(request)
    const { offset = '', limit } = partOf(engines.query, request.query, 'query')
    const made = pageOf(
      limit,
      (count) => store.engines.list(offset, count),
      (engine) => {
        const { address, role, firstSeen, lastSeen, record } = engine
        const moments = { createdAt: momentOf(firstSeen), modifiedAt: momentOf(lastSeen), archivedAt: null }
        const element = {
          ...{ id: address, engineId: address, name: nameOf(address), description: null, engineType: role },
          ...{ status: 'verified', accountNumber: address, artifactTypes: ['file', 'url'], mimeTypes: [] },
          ...{ communities: [community], tags: [], ...moments },
          record: {
            true_positives: record.truePositives,
            false_positives: record.falsePositives,
            true_negatives: record.trueNegatives,
            false_negatives: record.falseNegatives,
          },
        }
        return { element, bytes: 1_000, offset: placeOf(engine) }
      },
    )
    return { status: 'OK', ...made }
  })
  app.get(whois.path, async (request) => {
    const { name, id } = callers.of(request)
    const result = { account_name: name, account_number: String(id), account_type: 'user', communities: [community] }
    return { status: 'OK', result }
  })
  app.get(ofAccount.path, async (request) => {
    const { name, id, budget, spent, submissionsPerHour, ...account } = callers.of(request)
    const { used, resetsIn } = desk.usage({ name, id, budget, spent, submissionsPerHour, ...account })
    const left = budget === null || budget < spent ? 0n : budget - spent
    const features = [{ name: 'Submissions an hour', tag: 'submissions_per_hour', value: submissionsPerHour ?? true }]
    const result = {
      ...{ account_name: name, account_number: String(id), account_type: 'user', features },
      submissions: { limit: submissionsPerHour, used, resets_in: resetsIn },
      budget: budget === null ? null : { limit: String(budget), spent: String(spent), left: String(left) },
      price: String(desk.price),
    }
    return { status: 'OK', result }
  })
  app.get(operations.feed.path, async (request, reply) => {
    const account = callers.of(request)
    const { mine = false } = partOf(operations.feed.query, request.query, 'query')
    feed.admit()
    const since = request.headers['last-event-id']
    reply.hijack()
    await feed.send(reply.raw, { account, mine, since: Array.isArray(since) ? since[0] : since }, signal)
    return reply
  })
}

function hashTypeOfLength(length: number): HashType {
  return length === 32 ? 'md5' : length === 40 ? 'sha1' : 'sha256'
}
