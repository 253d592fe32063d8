import { afterAll, beforeAll, describe, it } from 'vitest'
import { ArtifactMarket } from './artifact-market.fixture.ts'
import { findingSourceCases } from './finding-source-cases.fixture.ts'
import { LocalFindings } from './local-findings.ts'
import { Microengine } from './microengine.ts'

let market: ArtifactMarket
beforeAll(async () => {
  market = await ArtifactMarket.start()
})
afterAll(() => market.stop())

describe('findings of this process', () => {
  const cases = findingSourceCases({
    make: async (backends, maxArtifactSize) => {
      const engine = new Microengine({ backends })
      return { source: new LocalFindings({ engine, maxArtifactSize }), end: async () => undefined }
    },
    upload: (contents) => market.upload(contents),
  })
  for (const { title, run } of cases) it(title, run)
})
