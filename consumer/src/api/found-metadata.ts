import type { MetadataResult } from '@polyswarm/protocol/consumer'
import type { ConsumerAccount } from '../store/account-book.js'
import type { KeptArtifact } from '../store/artifact-book.js'
import type { ConsumerStore } from '../store/consumer-store.js'
import type { Submission } from '../store/submission.js'
import { momentOf } from './instance-view.js'
import type { Instances } from './instances.js'
import { type Page, pageOf } from './page.js'

const LAST = Number.MAX_SAFE_INTEGER
/** Submissions of an artifact that are looked at. */
const LATEST = 5

/** What is looked for, by whom, and which part of what is found. */
interface MetadataSearch {
  /** All of them have to hold; see {@link searchTerm}. */
  terms: readonly string[]
  account: ConsumerAccount
  offset?: string | undefined
  limit?: number | undefined
}

/** A page of artifacts that have some terms, the latest first. */
export async function foundMetadata(
  { terms, account, offset, limit }: MetadataSearch,
  { store, instances }: { store: ConsumerStore; instances: Instances },
): Promise<Page<MetadataResult>> {
  const before = /^\d{1,15}$/.test(offset ?? '') ? Number(offset) : LAST
  const made = await pageOf(
    limit,
    async (count) => {
      const found: { artifact: KeptArtifact; latest: Submission[] }[] = []
      for (const id of await store.terms.withAll(terms, before, count)) {
        const artifact = await store.artifacts.get(id)
        if (artifact) found.push({ artifact, latest: await instances.latest(id, account, LATEST) })
      }
      return found
    },
    async ({ artifact, latest }) => ({
      element: metadataOf(artifact, latest, await store.terms.ofArtifact(artifact.id)),
      bytes: 20_000,
      offset: String(artifact.id),
    }),
  )
  // What nobody else may see has no terms; what was made private since is left out.
  return { ...made, result: made.result.filter((element) => element !== null) }
}

/** The values of a field among the terms of an artifact. */
export function valuesIn(terms: readonly string[], field: string): string[] {
  return terms.filter((term) => term.startsWith(`${field}:`)).map((term) => term.slice(field.length + 1))
}

function metadataOf(
  { id, sha256, sha1, md5, mimetype, firstSeen }: KeptArtifact,
  latest: readonly Submission[],
  terms: readonly string[],
): MetadataResult | null {
  const answered = latest.find(({ judged }) => judged !== null) ?? latest[0]
  if (!answered) return null
  const said = answered.assertions.flatMap(({ verdict }) => (verdict === null ? [] : [verdict]))
  const malicious = said.filter(Boolean).length
  const addresses = valuesIn(terms, 'ip')
  return {
    artifact: { id: String(id), created: momentOf(firstSeen), sha256, sha1, md5 },
    hash: { sha256, sha1, md5 },
    scan: {
      filename: valuesIn(terms, 'name'),
      mimetype: { mime: mimetype, extended: mimetype },
      detections: { malicious, benign: said.length - malicious, total: said.length },
      first_scan: { created: momentOf(firstSeen) },
      latest_scan: { created: momentOf(answered.judged ?? answered.created), id: String(answered.id) },
    },
    strings: {
      domains: valuesIn(terms, 'domain'),
      ipv4: addresses.filter((address) => !address.includes(':')),
      ipv6: addresses.filter((address) => address.includes(':')),
      urls: valuesIn(terms, 'url'),
    },
    polyunite: { malware_family: answered.families?.name ?? null },
  }
}
