import { METADATA_FIELDS, type MetadataResult } from '@polyswarm/protocol/consumer'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ConsumerService } from '../consumer-service.fixture.ts'
import { type RunOptions, runCommand } from '../run-command.fixture.ts'

const HASH = 'ab'.repeat(32)
const found: MetadataResult = {
  artifact: { id: '7', created: '2026-01-01T00:00:00Z', sha256: HASH, sha1: 'cd'.repeat(20), md5: 'ef'.repeat(16) },
  scan: { filename: ['=in\u202evoice.exe'], detections: { malicious: 2, benign: 1, total: 3 } },
  polyunite: { malware_family: 'Emotet' },
}

let service: ConsumerService
let asked: URLSearchParams
beforeEach(async () => {
  service = await ConsumerService.start()
})
afterEach(() => service.stop())

const polyswarm = (words: readonly string[], options?: RunOptions) => runCommand(['-u', service.url, ...words], options)

/** Has a route answered with a result, or with a list of them. */
function answering(path: string, result: unknown): void {
  service.misbehave = (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', service.url)
    if (pathname !== `/v3${path}`) return false
    asked = searchParams
    service.answer(response, { result, ...(Array.isArray(result) && { has_more: false, limit: 20 }) })
    return true
  }
}

it('artifacts are found by metadata, and only the fields that are wanted are asked for', async () => {
  answering('/search/metadata/query', [found])
  const words = ['search', 'metadata', 'family:Emotet', 'type:file', '-i', 'scan.*', '-x', 'hash', '-x', 'strings']
  const { status, stdout } = await polyswarm([...words, '-d', 'bad[.]example', '--url', 'hxxp://bad[.]example/'])
  expect([...asked].filter(([name]) => name !== 'community')).toEqual([
    ...[
      ['query', 'family:Emotet type:file'],
      ['domains', 'bad.example'],
      ['urls', 'http://bad.example/'],
    ],
    ...[
      ['include', 'scan.*'],
      ['exclude', 'hash'],
      ['exclude', 'strings'],
    ],
  ])
  expect(stdout).toBe(`${HASH}\n  =in\\u202evoice.exe, 2 of 3 say malicious, Emotet\n`)
  expect(status).toBe(0)
  expect((await polyswarm([...words, '--fmt', 'md5'])).stdout).toBe(`${'ef'.repeat(16)}\n`)
  expect((await polyswarm([...words, '--fmt', 'csv'])).stdout).toContain("'=in")
  expect(JSON.parse((await polyswarm([...words, '--fmt', 'json'])).stdout)).toHaveLength(1)
})

it('a search without conditions is refused, and one without results says so', async () => {
  expect((await polyswarm(['search', 'metadata'])).status).toBe(2)
  answering('/search/metadata/query', [])
  const { status, stderr } = await polyswarm(['search', 'metadata', 'family:x'])
  expect([status, stderr]).toEqual([
    1,
    'polyswarm: There is nothing for family:x: no artifact that you can see is known by it.\n',
  ])
})

it('mapping names the fields', async () => {
  answering('/search/metadata/mappings', METADATA_FIELDS)
  const { status, stdout } = await polyswarm(['search', 'mapping'])
  expect(stdout).toContain('family:Emotet')
  expect(stdout.split('\n').every((line) => line.length <= 80)).toBe(true)
  expect(status).toBe(0)
})

it('indicators lead to artifacts, and artifacts to indicators, which are defanged for people', async () => {
  answering('/ioc/search', [found])
  expect((await polyswarm(['search', 'ioc', 'ip', '192[.]0[.]2[.]7', '--fmt', 'sha256'])).stdout).toBe(`${HASH}\n`)
  expect(asked.get('ip')).toBe('192.0.2.7')
  const url = 'http://bad.example/x'
  answering(`/ioc/sha256/${HASH}`, { ips: ['192.0.2.7'], domains: [], urls: [url], ttps: ['T1055'], imphash: null })
  const { stdout } = await polyswarm(['search', 'ioc', 'sha256', HASH.toUpperCase()])
  expect(stdout).toBe('ip       192[.]0[.]2[.]7\nurl      hxxp://bad[.]example/x\nttp      T1055\n')
  const json = JSON.parse((await polyswarm(['search', 'ioc', 'sha256', HASH, '--fmt', 'json'])).stdout)
  expect(json[1]).toEqual({ kind: 'url', value: url })
  answering(`/ioc/sha256/${HASH}`, { ips: [], domains: [], urls: [], ttps: [], imphash: null })
  expect((await polyswarm(['search', 'ioc', 'sha256', HASH])).status).toBe(1)
  expect((await polyswarm(['search', 'ioc', 'md5', HASH])).status).toBe(2)
  expect((await polyswarm(['search', 'ioc', 'registry', 'x'])).status).toBe(2)
})

it('a URL that was copied out of a report is found', async () => {
  service.remember({ type: 'URL', filename: 'http://a.example/x' })
  expect((await polyswarm(['search', 'hxxp://a[.]example/x'])).status).toBe(0)
})
