import { z } from 'zod'
import { id, moment } from './encodings.js'

/** A field that artifacts can be searched by, as the answer with all of them describes it. */
export const metadataField = z.object({ type: z.literal('keyword'), description: z.string(), example: z.string() })

/** What artifacts can be searched by: what is known of their bytes, and what engines said of them. */
export const METADATA_FIELDS = {
  type: field('`file` or `url`', 'file'),
  mime: field('the type of the content', 'application/pdf'),
  name: field('a name under which it was submitted', 'invoice.exe'),
  extension: field('the ending of such a name', 'exe'),
  family: field('a malware family that the engines name', 'Emotet'),
  domain: field('a domain that engines found in it, or that a URL leads to', 'bad.example'),
  ip: field('an IP address of that kind', '192.0.2.7'),
  url: field('a URL that was submitted, or that engines found in it', 'http://bad.example/login'),
  ttp: field('a technique of ATT&CK that engines saw', 'T1055'),
  imphash: field('the hash of its imports, where engines name it', '0c6803c4e922103c4dca5963aad36ddf'),
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

function field(description: string, example: string): z.infer<typeof metadataField> {
  return { type: 'keyword', description, example }
}

const text = z.string()

/** An artifact that was found by its metadata. All but `artifact` can be left out, by `include` and `exclude`. */
export const metadataResult = z.object({
  artifact: z.object({ id, created: moment, sha256: text, sha1: text, md5: text }),
  hash: z.object({ sha256: text, sha1: text, md5: text }).partial().optional(),
  scan: z
    .object({
      filename: z.array(text),
      mimetype: z.object({ mime: text, extended: text }).partial(),
      detections: z.object({ malicious: z.number(), benign: z.number(), total: z.number() }).partial(),
      first_scan: z.object({ created: moment }).partial(),
      latest_scan: z.object({ created: moment, id }).partial(),
    })
    .partial()
    .optional(),
  strings: z
    .object({ domains: z.array(text), ipv4: z.array(text), ipv6: z.array(text), urls: z.array(text) })
    .partial()
    .optional(),
  polyunite: z.object({ malware_family: text.nullable() }).partial().optional(),
})

/** See {@link metadataResult}. */
export type MetadataResult = z.infer<typeof metadataResult>

/** A text or several, as a query repeats it. */
export const several = z
  .union([text.max(2048), z.array(text.max(2048)).max(16)])
  .optional()
  .transform((given) => (given === undefined ? [] : [given].flat()))
