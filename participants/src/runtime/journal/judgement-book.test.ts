import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { newGuid } from '@polyswarm/protocol'
import { expect, it } from 'vitest'
import { account } from './journal.fixture.ts'
import { Journal } from './journal.ts'
import { JudgementBook } from './judgement-book.ts'

it('remembers so many files with what was settled on them, the newest', () => {
  const directory = mkdtempSync(join(tmpdir(), 'polyswarm-'))
  const path = join(directory, 'journal.sqlite')
  Journal.open(path, { account, role: 'arbiter' }).close()
  const db = new DatabaseSync(path)
  const book = new JudgementBook(db, 3)
  const settle = (sha256: string, head: number) => {
    const guid = newGuid()
    const judgement = { artifact: 0, sha256, truth: 'benign', source: 'panel', pending: false } as const
    book.put(guid, { judgements: [judgement], validBloom: true }, head)
    const said = { consensus: ['benign'] as const, voted: false, agreed: 0, disagreed: 0, byArbiter: [], earned: 0n }
    book.compared(guid, said, head)
  }
  const known = () => ['a', 'b', 'c', 'd', 'e'].filter((sha256) => book.settled(sha256) !== undefined)
  settle('a', 1)
  settle('b', 2)
  settle('c', 3)
  // Seen again, it is no further one.
  settle('a', 4)
  expect(known()).toEqual(['a', 'b', 'c'])
  settle('d', 5)
  expect(known()).toEqual(['a', 'c', 'd'])
  settle('e', 6)
  expect(known()).toEqual(['a', 'd', 'e'])
  db.close()
  rmSync(directory, { recursive: true })
})
