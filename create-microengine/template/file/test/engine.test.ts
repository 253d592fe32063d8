import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { AnalysisRequest, Microengine } from '@polyswarm/participants'
import { conformanceCases, probeArtifacts } from '@polyswarm/participants/testing'
import engineModule from '../src/engine.ts'

const TIME_LIMIT = 10_000

const makeEngine = (): Microengine => engineModule.create({ scanTimeLimit: TIME_LIMIT }) // only:function
const makeEngine = (): Microengine => new engineModule({ scanTimeLimit: TIME_LIMIT }) // only:command,http,yara

function scan(
  engine: Microengine,
  content: Uint8Array,
  metadata: Record<string, unknown> = {},
  signal = AbortSignal.timeout(TIME_LIMIT),
) {
  return engine.scan({ guid: '' as never, index: 0, artifactType: 'file', content, metadata, signal })
}

describe('my-engine', () => {
  const engine = makeEngine()
  before(() => engine.setup())
  after(() => engine.teardown())

  for (const { name, content, metadata, expected } of probeArtifacts()) {
    it(`judges ${name}`, async () => {
      const { outcome } = await scan(engine, content, metadata)
      if (expected) assert.equal(outcome, expected)
      else assert.notEqual(outcome, 'malicious')
    })
  }

  it('does not bet on an empty file', async () => { // only:function,command,http
    const { outcome } = await scan(engine, new Uint8Array()) // only:function,command,http
    assert.ok(outcome === 'abstain' || outcome === 'unknown') // only:function,command,http
  }) // only:function,command,http

  it('finds EICAR in the middle of much else', async () => {
    const eicar = probeArtifacts().find(({ name }) => name === 'EICAR')
    assert.ok(eicar)
    const content = Buffer.concat([Buffer.alloc(4_000_000, 'x'), eicar.content, Buffer.alloc(4_000_000, 'y')])
    assert.equal((await scan(engine, content)).outcome, 'malicious')
  })

  it('never calls an artifact benign when its time is over', async () => {
    const answer = scan(engine, Buffer.from('not a malicious file\n'), {}, AbortSignal.abort())
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
  for (const { title, run } of conformanceCases({ make, knowsEicar: true, timeLimit: TIME_LIMIT })) it(title, run)
})
