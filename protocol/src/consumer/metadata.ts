import { z } from 'zod'
import { id, moment } from './encodings.js'

/** What artifacts can be searched by: what is known of their bytes, and what engines said of them. */
export const METADATA_FIELDS = {
  type: '`file` or `url`',
  mime: 'the type of the content, such as `application/pdf`',
  name: 'a name under which it was submitted',
  extension: 'the ending of such a name, such as `exe`',
  family: 'a malware family that the engines name',
  domain: 'a domain that engines found in it, or that a URL leads to',
  ip: 'an IP address of that kind',
  url: 'a URL that was submitted',
} as const

/** See {@link METADATA_FIELDS}. */
export type MetadataField = keyof typeof METADATA_FIELDS

/** What clients of the public API call these fields. */
export const METADATA_ALIASES: Readonly<Record<string, MetadataField>> = {
  'scan.mimetype.mime': 'mime',
  'scan.filename': 'name',
  'polyunite.malware_family': 'family',
  'strings.domains': 'domain',
  'strings.ipv4': 'ip',
  'strings.ipv6': 'ip',
  'strings.urls': 'url',
}

const text = z.string()

/** An artifact that was found by its metadata. */
export const metadataResult = z.object({
  artifact: z.object({ id, created: moment, sha256: text, sha1: text, md5: text }),
  hash: z.object({ sha256: text, sha1: text, md5: text }),
  scan: z.object({
    filename: z.array(text),
    mimetype: z.object({ mime: text, extended: text }),
    detections: z.object({ malicious: z.number(), benign: z.number(), total: z.number() }),
    first_scan: z.object({ created: moment }),
    latest_scan: z.object({ created: moment, id }),
  }),
  strings: z.object({ domains: z.array(text), ipv4: z.array(text), ipv6: z.array(text), urls: z.array(text) }),
  polyunite: z.object({ malware_family: text.nullable() }),
})

/** See {@link metadataResult}. */
export type MetadataResult = z.infer<typeof metadataResult>

/** A text or several, as a query repeats it. */
export const several = z
  .union([text.max(2048), z.array(text.max(2048)).max(16)])
  .optional()
  .transform((given) => (given === undefined ? [] : [given].flat()))
