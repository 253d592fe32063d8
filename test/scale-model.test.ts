import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { gasTable } from '../benchmarks/scale/gas-table.ts'
import { MEASURED, RESOURCES } from '../benchmarks/scale/measured.ts'
import { gasOf, scaleOf } from '../benchmarks/scale/scale-model.ts'

const table = gasTable()

it.each([1, 16, 64, 256])('adds up to what a bounty of %i artifacts was measured to cost', (artifacts) => {
  const file = new URL(`../contracts/snapshots/bounty-10x${artifacts}.json`, import.meta.url)
  const { total } = JSON.parse(readFileSync(file, 'utf8')) as { total: string }
  const gas = table.get(artifacts)
  if (!gas) throw new Error('there is no snapshot')
  const ratio = gasOf(gas, 10, 4) / Number(total)
  expect(ratio).toBeGreaterThan(0.95)
  expect(ratio).toBeLessThan(1.05)
})

it('needs as many times as much as there are files, and names first what it has least of', () => {
  const markets = fc.record({
    engines: fc.integer({ min: 1, max: 5_000 }),
    arbiters: fc.integer({ min: 1, max: 9 }),
    filesPerDay: fc.integer({ min: 1, max: 100_000_000 }),
    artifactsPerBounty: fc.constantFrom(...table.keys()),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  fc.assert(
    fc.property(markets, ({ part, ...rest }) => {
      const market = { ...rest, answering: Math.ceil(part * rest.engines) }
      const gas = table.get(market.artifactsPerBounty)
      if (!gas) throw new Error('there is no snapshot')
      const scale = scaleOf(market, RESOURCES, MEASURED, gas)
      const parts = scale.demands.map(({ needed, available }) => needed / available)
      expect(parts).toEqual([...parts].sort((a, b) => b - a))
      const twice = scaleOf({ ...market, filesPerDay: 2 * market.filesPerDay }, RESOURCES, MEASURED, gas)
      const gasNeeded = (of: typeof scale) => of.demands.find(({ what }) => what === 'gas of the chain')?.needed ?? 0
      expect(gasNeeded(twice)).toBeCloseTo(2 * gasNeeded(scale), 6)
      expect(twice.costPerFile).toBe(scale.costPerFile)
    }),
  )
})
