import { type Instance, instanceResult, one } from '@polyswarm/protocol/consumer'
import { stringifyJson } from '@polyswarm/protocol/json'
import { texts } from '../texts.js'
import { exchange } from './exchange.js'
import { RequestError } from './request-error.js'
import { fromService } from './service.js'

/** What is submitted, and how. */
export interface Artifact {
  /** Name of a file, or the URL. */
  name: string
  type: 'FILE' | 'URL'
  content: Blob
  private?: boolean
  /** Has it judged even if it was judged lately. */
  fresh?: boolean
  /** Days until it is deleted. */
  expires?: number | undefined
}

/** Announces an artifact to the service, sends its bytes, and has it judged. @throws RequestError. */
export async function submitArtifact({ name, type, content, ...options }: Artifact): Promise<Instance> {
  const body = stringifyJson({
    artifact_name: name,
    artifact_type: type,
    private: options.private ?? false,
    fresh: options.fresh ?? false,
    ...(options.expires !== undefined && { expiration_window: options.expires }),
  })
  const announced = await fromService('/instance', one(instanceResult), {
    method: 'POST',
    body,
    type: 'application/json',
  })
  const { id, upload_url: address } = announced.result
  if (address !== null) await upload(address, content)
  const started = await fromService('/instance', one(instanceResult), {
    method: 'PUT',
    query: { id },
    body: '{}',
    type: 'application/json',
  })
  return started.result
}

/** The bytes go where the service says, but by way of this page's origin: the page speaks to no other. */
async function upload(address: string, content: Blob): Promise<void> {
  const [, token] = /\/upload\/([A-Za-z0-9_-]{1,100})$/.exec(address) ?? []
  if (token === undefined) throw new RequestError({ status: 502, message: texts.failures.unreadable('/instance') })
  await exchange(`/api/service/upload/${token}`, { method: 'PUT', body: content, type: 'application/octet-stream' })
}
