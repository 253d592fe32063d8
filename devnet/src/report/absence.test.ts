import type { JournalDecision } from '@polyswarm/participants/runtime'
import { baseUnits } from '@polyswarm/protocol'
import { expect, test } from 'vitest'
import type { BountyRecord } from '../watch/bounty-record.js'
import { absenceText, absentEngines } from './absence.js'

const record = (guid = '7c9e6679-7425-40de-944b-e07fc1f90ae7'): BountyRecord => ({
  ...{ guid: guid as BountyRecord['guid'], author: '0x00000000000000000000000000000000000000A1', amount: 4n },
  ...{
    postedAt: 100,
    expiration: 115,
    artifacts: [],
    assertions: [],
    votes: [],
    quorumReached: false,
    settlements: [],
  },
  terms: {
    ...{ num_artifacts: 64, bounty_fee: baseUnits(1n), assertion_fee: baseUnits(1n), arbiter_count: 1 },
    ...{ assertion_reveal_window: 10, arbiter_vote_window: 15 },
  },
})

const decided = (decision: JournalDecision['decision'], reason: string, wasOutOfTime = false) => ({
  ...{ decision, reason, wasOutOfTime },
})

test('engines that had no time are counted, with what there was to do and how long it was', () => {
  const late = decided('abstain', 'there is no time for it: judging it takes 9 s, and there are 7 s', true)
  const decisions = ['eicar', 'yara', 'contrarian'].map((engine) => ({ engine, decision: late }))
  expect(absenceText(record(), decisions, 0.5)).toBe('3 engines had no time: 64 artifacts in 7.5 s')
})

test('each other reason is told once, with whose it is, and cannot write to the terminal', () => {
  const decisions = [
    { engine: 'eicar', decision: decided('abstain', 'the filters accept none of its artifacts') },
    { engine: 'yara', decision: undefined },
    { engine: 'clamav', decision: decided('refuse', 'no \u001b[31m list') },
    { engine: 'mine', decision: decided('assert', '64 of 64 artifacts') },
    { engine: 'other', decision: decided(null, '') },
    { engine: 'yara-2', decision: undefined },
  ]
  const text = absenceText(record(), decisions, 0.5)
  expect(text.split('; ')).toEqual([
    'eicar abstained: the filters accept none of its artifacts',
    '2 engines did not take it up',
    expect.stringMatching(/^clamav refused: no .*list$/),
    'mine asserted too late',
    'other did not come to a decision',
  ])
  expect(text).not.toContain('\u001b')
})

test('who abstained or refused has answered; who had no time, was too late, or did nothing, has not', () => {
  const decisions = [
    { engine: 'eicar', decision: decided('abstain', 'the filters accept none of its artifacts') },
    { engine: 'clamav', decision: decided('refuse', 'no list') },
    { engine: 'yara', decision: decided('abstain', 'there is no time for it', true) },
    { engine: 'mine', decision: decided('assert', '64 of 64 artifacts') },
    { engine: 'other', decision: decided(null, '') },
    { engine: 'new', decision: undefined },
  ]
  expect(absentEngines(decisions).map(({ engine }) => engine)).toEqual(['yara', 'mine', 'other', 'new'])
})
