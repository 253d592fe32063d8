import { z } from 'zod'
import { keyResult, madeKeyResult, publicAccountResult, whoisResult } from './account.js'
import { accuracyRequest, accuracyResult } from './accuracy.js'
import { archiveResult, MAX_SINCE } from './archive.js'
import { hash, hashType, id } from './encodings.js'
import { engineResult } from './engine.js'
import { list, MAX_PAGE, one } from './envelope.js'
import { instanceResult } from './instance.js'
import { iocMatch, iocQuery, iocResult } from './ioc.js'
import { metadataField, metadataResult, several } from './metadata.js'
import { createInstanceRequest, disputeRequest, MAX_URL, startInstanceRequest } from './submission.js'
import { changeWebhookRequest, createWebhookRequest, deliveryResult, webhookResult } from './webhook.js'

/** One method of one path of the consumer API, below its base, with the schemas of what goes in and what comes out. */
export interface ConsumerOperation {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'
  /** With `:name` for what varies. */
  path: string
  summary: string
  /** What the variable parts of the path may be. */
  parameters?: z.ZodObject
  query?: z.ZodObject
  /** `bytes` for raw bytes, `form` for multipart/form-data with one file, `fields` for a form without one. */
  body?: z.ZodType | 'bytes' | 'form' | 'fields'
  /** The whole answer, envelope included; `bytes` for a file, `events` for server-sent events, `nothing` for a status alone. */
  answer: z.ZodType | 'bytes' | 'events' | 'nothing' | 'document'
  /** Whether it is answered without a key. */
  open?: boolean
}

const community = z.string().max(64).optional()
const offset = z.string().max(200).optional()
const limit = z.coerce.number().int().min(1).max(MAX_PAGE).optional()
const raw = z.stringbool().optional()
const page = { community, offset, limit }
const submission = z.object({ community: z.string().max(64), id })
const byHash = z.object({ hash_type: hashType, hash })
const instances = list(instanceResult)
const instance = one(instanceResult)

/** Every route of the consumer API. The service serves these and no others; a test holds the two together. */
export const consumerOperations = {
  describe: {
    method: 'GET',
    path: '/openapi.json',
    summary: 'This API as an OpenAPI 3.1 document',
    answer: 'document',
    open: true,
  },
  create: {
    method: 'POST',
    path: '/instance',
    summary: 'Announces an artifact; its bytes go to `upload_url`',
    body: createInstanceRequest,
    answer: instance,
  },
  upload: {
    method: 'PUT',
    path: '/upload/:token',
    summary: 'Takes the bytes of an announced artifact, or the text of its URL',
    parameters: z.object({ token: z.string().regex(/^[A-Za-z0-9_-]{43}$/) }),
    body: 'bytes',
    answer: one(z.null()),
    open: true,
  },
  start: {
    method: 'PUT',
    path: '/instance',
    summary: 'Has an artifact judged whose bytes are here',
    query: z.object({ id }),
    body: startInstanceRequest,
    answer: instance,
  },
  submit: {
    method: 'POST',
    path: '/consumer/submission/:community',
    summary: 'Announces, uploads and starts in one request: a form with `file`, and `artifact-type`',
    parameters: submission.omit({ id: true }),
    body: 'form',
    answer: instance,
  },
  poll: {
    method: 'GET',
    path: '/consumer/submission/:community/:id',
    summary: 'A submission as it stands',
    parameters: submission,
    answer: instance,
  },
  delete: {
    method: 'DELETE',
    path: '/instance',
    summary: 'Deletes a submission that is over, and the bytes where nobody else submitted them',
    query: z.object({ id }),
    answer: one(z.null()),
  },
  dispute: {
    method: 'POST',
    path: '/instance/dispute',
    summary: 'Contests a verdict: judged again in a bounty of its own, linked with the first',
    query: z.object({ id }),
    body: disputeRequest,
    answer: instance,
  },
  rescanHash: {
    method: 'POST',
    path: '/consumer/submission/:community/rescan/:hash_type/:hash',
    summary: 'Has an artifact judged again that is here, by its hash',
    parameters: byHash.extend({ community: z.string().max(64) }),
    body: 'fields',
    answer: instance,
  },
  rescanId: {
    method: 'POST',
    path: '/consumer/submission/:community/rescan/:id',
    summary: 'Has an artifact judged again that is here, by an earlier submission',
    parameters: submission,
    body: 'fields',
    answer: instance,
  },
  searchHash: {
    method: 'GET',
    path: '/search/hash/:hash_type',
    summary: 'The latest submission of each artifact with this hash; HEAD for whether there is one',
    parameters: z.object({ hash_type: hashType }),
    query: z.object({ hash, ...page }),
    answer: instances,
  },
  searchUrl: {
    method: 'GET',
    path: '/search/url',
    summary: 'The latest submissions of a URL',
    query: z.object({ url: z.string().min(1).max(MAX_URL), ...page }),
    answer: instances,
  },
  searchInstances: {
    method: 'GET',
    path: '/search/instances',
    summary: 'All submissions of an artifact, the latest first',
    query: z.object({ hash, ...page }),
    answer: instances,
  },
  list: {
    method: 'GET',
    path: '/instance/list',
    summary: 'The submissions of this account, the latest first',
    query: z.object(page),
    answer: instances,
  },
  downloadHash: {
    method: 'GET',
    path: '/consumer/download/:hash_type/:hash',
    summary: 'An artifact, in a zip with the password `infected`; `raw=true` for its bytes',
    parameters: byHash,
    query: z.object({ community, raw }),
    answer: 'bytes',
  },
  downloadId: {
    method: 'GET',
    path: '/instance/download',
    summary: 'The artifact of a submission, in a zip with the password `infected`; `raw=true` for its bytes',
    query: z.object({ instance_id: id, community, raw }),
    answer: 'bytes',
  },
  stream: {
    method: 'GET',
    path: '/consumer/download/stream',
    summary: `What was stored in the last \`since\` minutes (1,440; ${MAX_SINCE.toLocaleString('en')} at most), as archives`,
    query: z.object({ since: z.coerce.number().int().min(1).max(MAX_SINCE).optional(), ...page }),
    answer: list(archiveResult),
  },
  archive: {
    method: 'GET',
    path: '/archive/:token',
    summary: 'One of these archives, a zip with the password `infected`; `uri` of its list leads here',
    parameters: z.object({ token: z.string().regex(/^(\d{1,16}-){4}[A-Za-z0-9_-]{43}$/) }),
    answer: 'bytes',
    open: true,
  },
  engines: {
    method: 'GET',
    path: '/microengines/list',
    summary: 'Who has answered here, with what became of it',
    query: z.object(page),
    answer: list(engineResult),
    open: true,
  },
  whois: { method: 'GET', path: '/public/accounts/whois', summary: 'Whose key this is', answer: one(whoisResult) },
  account: {
    method: 'GET',
    path: '/public/accounts',
    summary: 'What this account may use, and what it has used',
    answer: one(publicAccountResult),
  },
  keys: {
    method: 'GET',
    path: '/public/accounts/keys',
    summary: 'The keys of this account that are good, the oldest first',
    answer: one(z.array(keyResult)),
  },
  makeKey: {
    method: 'POST',
    path: '/public/accounts/keys',
    summary: 'Makes another key of this account; it is shown this once',
    body: 'fields',
    answer: one(madeKeyResult),
  },
  revokeKey: {
    method: 'DELETE',
    path: '/public/accounts/keys',
    summary: 'Makes a key of this account worthless, from the next request on',
    query: z.object({ id: keyResult.shape.id }),
    answer: one(z.null()),
  },
  feed: {
    method: 'GET',
    path: '/feed',
    summary:
      'Server-sent events: `instance` with a submission each time that one changes which this account can see; `Last-Event-ID` resumes',
    query: z.object({ mine: z.stringbool().optional() }),
    answer: 'events',
  },
  searchMetadata: {
    method: 'GET',
    path: '/search/metadata/query',
    summary: 'Artifacts by what is known of them and what engines said: `field:value`, all conditions together',
    query: z.object({
      query: z.string().max(2048).optional(),
      domains: several,
      ips: several,
      urls: several,
      include: several,
      exclude: several,
      ...page,
    }),
    answer: list(metadataResult),
  },
  metadataMappings: {
    method: 'GET',
    path: '/search/metadata/mappings',
    summary: 'The fields that can be searched by',
    answer: one(z.record(z.string(), metadataField)),
  },
  iocsOf: {
    method: 'GET',
    path: '/ioc/:hash_type/:hash',
    summary: 'Indicators that engines found in an artifact',
    parameters: byHash,
    query: z.object({ community, hide_known_good: z.stringbool().optional() }),
    answer: one(iocResult),
  },
  searchIoc: {
    method: 'GET',
    path: '/ioc/search',
    summary: 'Artifacts by an indicator: one of `ip`, `domain`, `url`, `ttp` and `imphash`',
    query: iocQuery.extend(page),
    answer: list(iocMatch),
  },
  createWebhook: {
    method: 'POST',
    path: '/notification/webhook',
    summary: 'Has a webhook told of the submissions of this account, from now on',
    body: createWebhookRequest,
    answer: one(webhookResult),
  },
  getWebhook: {
    method: 'GET',
    path: '/notification/webhook',
    summary: 'A webhook of this account',
    query: z.object({ id }),
    answer: one(webhookResult),
  },
  changeWebhook: {
    method: 'PUT',
    path: '/notification/webhook',
    summary: 'Changes a webhook',
    query: z.object({ id }),
    body: changeWebhookRequest,
    answer: one(webhookResult),
  },
  deleteWebhook: {
    method: 'DELETE',
    path: '/notification/webhook',
    summary: 'Forgets a webhook',
    query: z.object({ id }),
    answer: one(webhookResult),
  },
  listWebhooks: {
    method: 'GET',
    path: '/notification/webhook/list',
    summary: 'The webhooks of this account',
    query: z.object(page),
    answer: list(webhookResult),
  },
  testWebhook: {
    method: 'POST',
    path: '/notification/webhook/test',
    summary: 'Pings a webhook',
    query: z.object({ id }),
    body: 'fields',
    answer: one(z.object({ answered: z.boolean() })),
  },
  deliveries: {
    method: 'GET',
    path: '/notification/webhook/deliveries',
    summary: 'The last hundred deliveries to a webhook since the service was started, the latest first',
    query: z.object({ id }),
    answer: one(z.array(deliveryResult)),
  },
  assertionsJob: {
    method: 'POST',
    path: '/consumer/assertions-job',
    summary: 'How right an engine was in a period, by its verdicts',
    body: accuracyRequest,
    answer: one(accuracyResult),
  },
  assertionsJobOf: {
    method: 'GET',
    path: '/consumer/assertions-job',
    summary: 'The answer to such a question, as it was then',
    query: z.object({ id }),
    answer: one(accuracyResult),
  },
  assertionsJobDeleted: {
    method: 'DELETE',
    path: '/consumer/assertions-job',
    summary: 'Forgets such a question',
    query: z.object({ id }),
    answer: one(accuracyResult),
  },
  assertionsJobs: {
    method: 'GET',
    path: '/consumer/assertions-job/list',
    summary: 'Such questions of this account, the latest first; with `engine_id` those about one engine',
    query: z.object({ engine_id: accuracyRequest.shape.engine_id.optional(), ...page }),
    answer: list(accuracyResult),
  },
  assertionsDays: {
    method: 'GET',
    path: '/consumer/assertions-job/days',
    summary: 'The answer day by day, as CSV',
    query: z.object({ id }),
    answer: 'bytes',
  },
  votesJob: {
    method: 'POST',
    path: '/consumer/votes-job',
    summary: 'How right an arbiter was in a period, by its votes',
    body: accuracyRequest,
    answer: one(accuracyResult),
  },
  votesJobOf: {
    method: 'GET',
    path: '/consumer/votes-job',
    summary: 'The answer to such a question, as it was then',
    query: z.object({ id }),
    answer: one(accuracyResult),
  },
  votesJobDeleted: {
    method: 'DELETE',
    path: '/consumer/votes-job',
    summary: 'Forgets such a question',
    query: z.object({ id }),
    answer: one(accuracyResult),
  },
  votesJobs: {
    method: 'GET',
    path: '/consumer/votes-job/list',
    summary: 'Such questions of this account, the latest first; with `engine_id` those about one arbiter',
    query: z.object({ engine_id: accuracyRequest.shape.engine_id.optional(), ...page }),
    answer: list(accuracyResult),
  },
  votesDays: {
    method: 'GET',
    path: '/consumer/votes-job/days',
    summary: 'The answer day by day, as CSV',
    query: z.object({ id }),
    answer: 'bytes',
  },
} as const satisfies Record<string, ConsumerOperation>
