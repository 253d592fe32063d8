import { z } from 'zod'
import { MAX_ARTIFACTS } from './mask.js'

/**
 * Metadata documents: JSON arrays with one object per artifact, kept in the artifact store and named on chain by their
 * content address. What the original accepted over the years is accepted here, and a document is passed on as it was
 * stored: these schemas judge, they do not rewrite.
 */
const nullable = <T extends z.ZodType>(schema: T) => schema.nullish()

const fileMetadata = z.looseObject({
  mimetype: z.string(),
  filename: nullable(z.string()),
  filesize: nullable(z.union([z.string(), z.number().int(), z.bigint()])),
  sha256: nullable(z.string()),
  sha1: nullable(z.string()),
  md5: nullable(z.string()),
})

const urlMetadata = z.union([
  z.looseObject({ protocol: z.string(), uri: nullable(z.string()) }),
  z.looseObject({ uri: z.string(), protocol: nullable(z.string()) }),
])

const dottedVersion = z.string().regex(/^\d+(\.\d+)*$/)

const verdictMetadata = z.looseObject({
  malware_family: z.string(),
  domains: nullable(z.array(z.string())),
  ip_addresses: nullable(z.array(z.string())),
  stix: nullable(z.array(z.looseObject({ schema: z.string(), signature: z.unknown() }))),
  scanner: nullable(
    z.looseObject({
      version: nullable(dottedVersion),
      polyswarmclient_version: nullable(dottedVersion),
      vendor_version: nullable(z.string()),
      signatures_version: nullable(z.string()),
      environment: nullable(z.looseObject({})),
    }),
  ),
  heuristic: nullable(z.boolean()),
})

/**
 * What an ambassador says of each artifact of a bounty: name, size, hashes, type; or the URL. 1 to 256 entries. Further
 * fields are passed on: engines here try `password` (a text) and `passwords` (a list) on an encrypted archive.
 */
export const bountyMetadataSchema = z
  .array(z.union([fileMetadata, urlMetadata]))
  .min(1)
  .max(MAX_ARTIFACTS)

/** What an engine says of each artifact with its reveal: family, addresses, scanner versions. 1 to 256 entries. */
export const assertionMetadataSchema = z.array(verdictMetadata).min(1).max(MAX_ARTIFACTS)

/** What an ambassador says of one artifact. */
export type BountyMetadata = z.infer<typeof bountyMetadataSchema>[number]

/** What an engine says of one artifact. */
export type AssertionMetadata = z.infer<typeof assertionMetadataSchema>[number]
