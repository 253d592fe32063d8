import { z } from 'zod'
import { metadataResult } from './metadata.js'

const texts = z.array(z.string())

/** Indicators of compromise that artifacts are found by. */
export const IOC_KINDS = ['ip', 'domain', 'url', 'ttp', 'imphash'] as const

/** One of {@link IOC_KINDS}. */
export type IocKind = (typeof IOC_KINDS)[number]

/** Result of `GET /ioc/{hash_type}/{hash}`: what engines found in an artifact, and where a URL leads. */
export const iocResult = z.object({
  ips: texts,
  domains: texts,
  urls: texts,
  ttps: texts,
  /** Null where no engine named one. */
  imphash: z.string().nullable(),
})

/** See {@link iocResult}. */
export type IocResult = z.infer<typeof iocResult>

const value = z.string().min(1).max(2048)

/** Query of `GET /ioc/search`: the one indicator that is looked for. */
export const iocQuery = z.object({
  ip: value.optional(),
  domain: value.optional(),
  url: value.optional(),
  ttp: value.optional(),
  imphash: value.optional(),
  /** Artifacts instead of their SHA-256. */
  with_artifacts: z.stringbool().optional(),
})

/** An artifact that has an indicator: its SHA-256, or as {@link metadataResult} shows it. */
export const iocMatch = z.union([z.string(), metadataResult])
