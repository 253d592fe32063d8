import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newGuid } from '@polyswarm/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { JournalError } from '../../errors.ts'
import { account, announce } from './journal.fixture.ts'
import { Journal } from './journal.ts'
import { readDecisions } from './journal-decisions.ts'
import { OUT_OF_TIME } from './out-of-time.ts'

it('tells what was decided while the journal is in use, and whether it was for want of time', () => {
  const directory = mkdtempSync(join(tmpdir(), 'polyswarm-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const path = join(directory, 'journal.sqlite')
  expect(() => readDecisions(path, [])).toThrow(JournalError)
  const journal = Journal.open(path, { account, role: 'microengine' })
  const [waiting, late, out] = [announce(journal, 20), announce(journal, 20), announce(journal, 20)]
  journal.bounties.decide(late, 'abstain', `${OUT_OF_TIME.hopeless}: judging it takes 9.0 s`)
  journal.bounties.decide(out, 'abstain', 'the filters accept none of its artifacts')
  const decisions = readDecisions(path, [waiting, late, out, newGuid()])
  journal.close()
  expect([...decisions]).toEqual([
    [waiting, { decision: null, reason: '', wasOutOfTime: false }],
    [late, { decision: 'abstain', reason: 'there is no time for it: judging it takes 9.0 s', wasOutOfTime: true }],
    [out, { decision: 'abstain', reason: 'the filters accept none of its artifacts', wasOutOfTime: false }],
  ])
})
