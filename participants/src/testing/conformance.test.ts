import { describe, expect, it } from 'vitest'
import type { AnalysisBackend } from '../analysis/analysis-backend.ts'
import { benign, malicious } from '../findings/finding.ts'
import { conformanceCases } from './conformance.ts'

function broken(parts: Partial<AnalysisBackend>): AnalysisBackend {
  return {
    name: 'broken',
    versions: {},
    setup: async () => undefined,
    analyze: async () => benign(),
    teardown: async () => undefined,
    ...parts,
  }
}

async function failures(make: () => AnalysisBackend): Promise<string[]> {
  const cases = conformanceCases({ make, timeLimit: 500, knowsEicar: false })
  const broken: string[] = []
  for (const { title, run } of cases) await run().catch(() => broken.push(title))
  return broken
}

it.each(conformanceCases({ make: () => broken({}), artifactType: 'url' }))('of URLs: $title', ({ run }) => run())

describe('the rules bite', () => {
  it('on one that asks a URL for its host without a look at it', async () => {
    const analyze: AnalysisBackend['analyze'] = async ({ content, artifactType }) => {
      if (artifactType !== 'url') throw new TypeError('A rule of files was tried.')
      return new URL(Buffer.from(content).toString()).hostname === 'example.org' ? benign() : malicious()
    }
    const cases = conformanceCases({ make: () => broken({ analyze }), artifactType: 'url' })
    const outcomes = await Promise.allSettled(cases.map(({ run }) => run()))
    const bitten = outcomes.flatMap((outcome, index) =>
      outcome.status === 'rejected' ? [`${cases[index]?.title}: ${outcome.reason.message}`] : [],
    )
    expect(bitten).toEqual([
      'has a finding on every artifact: empty: Invalid URL; no URL: Invalid URL; an encoding that is broken: Invalid URL',
    ])
  })

  it('on a backend that can be set up once', async () => {
    const make = () => {
      let used = false
      return broken({
        setup: async () => {
          if (used) throw new Error('again')
          used = true
        },
      })
    }
    expect(await failures(make)).toEqual(['can be set up and torn down again and again'])
  })

  it('on one that throws, changes what it is given, or answers nonsense', async () => {
    const throwing = await failures(() => broken({ analyze: async () => Promise.reject(new Error('no')) }))
    expect(throwing).toHaveLength(6)
    const changing = broken({
      analyze: async ({ content }) => {
        content.fill(0)
        return benign()
      },
    })
    expect(await failures(() => changing)).toEqual(['has a finding on every artifact'])
    const nonsense = broken({ analyze: async () => ({ outcome: 'clean', confidence: 1 }) as never })
    expect(await failures(() => nonsense)).toContain('has a finding on every artifact')
  })

  it('on one that does not know its own mind, hangs, or writes into the terminal', async () => {
    let turn = 0
    const fickle = broken({ analyze: async () => (turn++ % 2 ? benign() : malicious()) })
    expect(await failures(() => fickle)).toContain('says the same of the same artifact')
    const hanging = broken({ analyze: () => new Promise(() => undefined) })
    const results = Promise.race([
      conformanceCases({ make: () => hanging, timeLimit: 100 })
        .find(({ title }) => title.startsWith('lets go'))
        ?.run(),
    ])
    await expect(results).rejects.toThrow('still busy')
    expect(await failures(() => broken({ versions: { vendor: 'a\u001b[2J' } }))).toEqual([
      'tells versions in short plain texts',
    ])
  })
})
