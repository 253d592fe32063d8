import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { AnalysisRequest, Microengine } from '@polyswarm/participants'
import { conformanceCases, probeUrls } from '@polyswarm/participants/testing'
import engineModule from '../src/engine.ts'

const TIME_LIMIT = 10_000

const makeEngine = (): Microengine => engineModule.create({ scanTimeLimit: TIME_LIMIT }) // only:function
const makeEngine = (): Microengine => new engineModule({ scanTimeLimit: TIME_LIMIT }) // only:command,http

function scan(
  engine: Microengine,
  content: Uint8Array,
  metadata: Record<string, unknown> = {},
  signal = AbortSignal.timeout(TIME_LIMIT),
) {
  return engine.scan({ guid: '' as never, index: 0, artifactType: 'url', content, metadata, signal })
}

describe('my-engine', () => {
  const engine = makeEngine()
  before(() => engine.setup())
  after(() => engine.teardown())

  for (const url of [
    'https://malware.example/download?id=1',
    'http://cdn.malware.example:8080/',
    'HTTPS://MALWARE.EXAMPLE.',
    'https://example.org@malware.example/',
    'https://malware.example\\@example.org/',
  ]) {
    it(`convicts ${url}`, async () => {
      assert.equal((await scan(engine, Buffer.from(url))).outcome, 'malicious')
    })
  }

  for (const url of [
    'https://example.org/',
    'https://example.org/malware.example',
    'https://example.org/?from=https://malware.example/',
    'https://not-malware.example/',
    'https://malware.example.org/',
    'https://malware.example@example.org/',
  ]) {
    it(`finds no harm in ${url}`, async () => {
      assert.equal((await scan(engine, Buffer.from(url))).outcome, 'benign')
    })
  }

  const noUrl: [string, Uint8Array][] = [
    ['nothing', new Uint8Array()],
    ['a huge URL', Buffer.from(`https://malware.example/${'x'.repeat(4_000_000)}`)],
    ['control characters', Buffer.from('https://malware.example/\0\u001b[2J')],
    ['a line break', Buffer.from('https://example.org/\nhttps://malware.example/')],
    ['a tab in a host', Buffer.from('https://mal\tware.example/')],
    ['a script', Buffer.from('javascript:location="//malware.example"')],
    ['a file of this machine', Buffer.from('file:///etc/passwd')],
    ['no UTF-8', Uint8Array.of(...Buffer.from('https://example.org/'), 0xff)],
    ['any other text', Buffer.from('malware.example')],
  ]
  for (const [what, content] of noUrl) {
    it(`does not bet on ${what}`, async () => {
      const { outcome } = await scan(engine, content)
      assert.ok(outcome === 'abstain' || outcome === 'unknown', outcome)
    })
  }

  it('convicts nothing that it is tried on elsewhere, whatever an ambassador says of it', async () => {
    for (const { content, metadata } of probeUrls()) {
      assert.notEqual((await scan(engine, content, metadata)).outcome, 'malicious')
    }
    const metadata = { uri: 'https://malware.example/', protocol: 'https' }
    assert.equal((await scan(engine, Buffer.from('https://example.org/'), metadata)).outcome, 'benign')
  })

  it('never calls an artifact benign when its time is over', async () => {
    const answer = scan(engine, Buffer.from('https://example.org/'), {}, AbortSignal.abort())
    const outcome = await answer.then(
      (finding) => finding.outcome,
      () => 'abstain',
    )
    assert.equal(outcome, 'abstain')
  })
})

describe('the rules that every engine keeps', () => {
  const make = () => {
    const engine = makeEngine()
    return {
      name: engine.name,
      get versions() {
        return engine.versions
      },
      setup: () => engine.setup(),
      analyze: (request: AnalysisRequest) => engine.scan({ ...request, guid: '' as never, index: 0 }),
      teardown: () => engine.teardown(),
    }
  }
  const cases = conformanceCases({ make, artifactType: 'url', timeLimit: TIME_LIMIT })
  for (const { title, run } of cases) it(title, run)
})
