import {
  type HashType,
  type IocKind,
  type IocResult,
  iocResult,
  type MetadataResult,
  metadataField,
  metadataResult,
} from '@polyswarm/protocol/consumer'
import { z } from 'zod'
import type { Query, ServiceRequests } from './service-requests.js'

/** What artifacts are searched by. */
interface MetadataQuery {
  /** `field:value`, several with spaces between them. */
  query: string
  ips: readonly string[]
  domains: readonly string[]
  urls: readonly string[]
  /** Fields that are wanted, and that are not. */
  include: readonly string[]
  exclude: readonly string[]
}

/** The routes of the API about what is known of artifacts and what engines found in them. */
export class MetadataRequests {
  readonly #requests: ServiceRequests

  constructor(requests: ServiceRequests) {
    this.#requests = requests
  }

  /** Artifacts for which all conditions hold, the latest first. */
  search({ query, ...lists }: MetadataQuery): AsyncGenerator<MetadataResult> {
    const given = Object.entries(lists).filter(([, values]) => values.length > 0)
    const asked: Query = { ...(query !== '' && { query }), ...Object.fromEntries(given) }
    return this.#requests.list(metadataResult, '/search/metadata/query', asked)
  }

  /** Fields that can be searched by, with a description and an example. */
  async fields(): Promise<Record<string, z.output<typeof metadataField>>> {
    return this.#requests.one(z.record(z.string(), metadataField), { method: 'GET', path: '/search/metadata/mappings' })
  }

  /** Artifacts that have an indicator, the latest first. */
  withIoc(kind: IocKind, value: string): AsyncGenerator<MetadataResult> {
    return this.#requests.list(metadataResult, '/ioc/search', { [kind]: value, with_artifacts: 'true' })
  }

  /** Indicators in an artifact. */
  iocsOf(type: HashType, hash: string): Promise<IocResult> {
    return this.#requests.one(iocResult, { method: 'GET', path: `/ioc/${type}/${hash}` })
  }
}
