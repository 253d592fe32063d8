import type { IocResult, MetadataResult } from '@polyswarm/protocol/consumer'
import { defangedUrl } from '@polyswarm/protocol/polyscore'
import { cell } from './cell.js'
import type { Shape } from './report.js'

/** Artifacts that were found by their metadata: the hash, and below it what there is to be said. */
export const metadataShape: Shape<MetadataResult> = {
  text: ({ artifact, scan, polyunite }) => {
    const { malicious, total } = scan?.detections ?? {}
    const said = [
      scan?.filename?.[0] ?? '',
      scan?.mimetype?.mime ?? '',
      total === undefined || malicious === undefined
        ? ''
        : total === 0
          ? 'nobody answered'
          : `${malicious} of ${total} say malicious`,
      polyunite?.malware_family ?? '',
    ].filter((part) => part !== '')
    return `${cell(artifact.sha256, 64)}\n${said.length === 0 ? '' : `  ${cell(said.join(', '), 78).trimEnd()}\n`}`
  },
  json: (found) => found,
  csv: {
    header: ['sha256', 'sha1', 'md5', 'name', 'mime', 'malicious', 'total', 'family', 'scan'],
    row: ({ artifact: { sha256, sha1, md5 }, scan, polyunite }) => [
      ...[sha256, sha1, md5, scan?.filename?.[0] ?? '', scan?.mimetype?.mime ?? ''],
      ...[scan?.detections?.malicious, scan?.detections?.total].map((count) => String(count ?? '')),
      ...[polyunite?.malware_family ?? '', scan?.latest_scan?.id ?? ''],
    ],
  },
  hash: ({ artifact }, kind) => artifact[kind],
}

/** One indicator in an artifact. */
export interface IocRow {
  kind: string
  value: string
}

/** The indicators in an artifact, one by one. */
export function iocRows({ ips, domains, urls, ttps, imphash }: IocResult): IocRow[] {
  const rows = (kind: string, values: readonly string[]): IocRow[] => values.map((value) => ({ kind, value }))
  return [
    ...rows('ip', ips),
    ...rows('domain', domains),
    ...rows('url', urls),
    ...rows('ttp', ttps),
    ...rows('imphash', imphash === null ? [] : [imphash]),
  ]
}

/** Indicators. For people they are defanged. */
export const iocShape: Shape<IocRow> = {
  text: ({ kind, value }) => {
    const shown = ['ip', 'domain', 'url'].includes(kind) ? defangedUrl(value) : value
    return `${cell(kind, 8)} ${cell(shown, 71).trimEnd()}\n`
  },
  json: (row) => row,
  csv: { header: ['kind', 'value'], row: ({ kind, value }) => [kind, value] },
}

/** A field that can be searched by. */
export interface FieldRow {
  field: string
  description: string
  example: string
}

/** Fields with an example each. */
export const fieldShape: Shape<FieldRow> = {
  text: ({ field, description, example }) =>
    `${cell(`${field}:${example}`, 80).trimEnd()}\n  ${cell(description, 78).trimEnd()}\n`,
  json: (row) => row,
  csv: { header: ['field', 'description', 'example'], row: (row) => [row.field, row.description, row.example] },
}
