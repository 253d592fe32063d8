import { expect, it } from 'vitest'
import { benign } from '../findings/finding.ts'
import { defineMicroengine } from './define-microengine.ts'
import { Microengine } from './microengine.ts'

class Bidder extends Microengine {
  override async bid() {
    return null
  }
}

const definition = { name: 'mine', scan: () => benign() }

it.each([
  ['whose strategy is the default', new Microengine(), false],
  ['whose strategy is growth', new Microengine({ strategy: 'growth' }), true],
  ['with a bid of its own', new Bidder(), true],
  ['of one function', defineMicroengine(definition).create(), false],
  ['of one function, whose strategy is growth', defineMicroengine(definition).create({ strategy: 'growth' }), true],
  ['of one function and a bid', defineMicroengine({ ...definition, bid: () => null }).create(), true],
])('an engine %s has rivals asked about, or not', (_what, engine, isAsked) => {
  expect(engine.looksAtRivals).toBe(isAsked)
})
