import { expect, test } from 'vitest'
import { EICAR, judge } from '../judge.fixture.ts'
import ScratchMicroengine from './engine.ts'

test('has an answer to nothing, and bids on nothing', async () => {
  expect(await judge(new ScratchMicroengine(), [EICAR, ''])).toMatchObject([
    { outcome: 'abstain' },
    { outcome: 'abstain' },
  ])
})
