import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { newGuid } from '@polyswarm/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CaseBook, type NewCase } from './case-book.ts'

let directory: string
let path: string
let book: CaseBook

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'case-book-'))
  path = join(directory, 'sub', 'cases.sqlite')
  book = CaseBook.open(path)
})

afterEach(() => {
  book.close()
  rmSync(directory, { recursive: true })
})

const FILE = 'a'.repeat(64)
const evidence = { uri: 'Qm', artifactType: 'file', size: 1, format: 'text', metadata: '{}', sources: [] } as const
const newCase = (parts: Partial<NewCase> = {}): NewCase => ({
  ...{
    chain: 'side',
    guid: newGuid(),
    artifact: 0,
    sha256: FILE,
    closesHead: 100,
    evidence: { ...evidence, sources: [] },
  },
  ...parts,
})
const decision = { sha256: FILE, verdict: 'malicious', who: 'Ada', why: 'seen' } as const
const open = () => book.list({ limit: 1_000 })

describe('a case book', () => {
  it('is private, and seen by others while it is open', () => {
    expect(statSync(path).mode & 0o077).toBe(0)
    const other = CaseBook.open(path)
    other.add([newCase()], 1)
    expect(open()).toHaveLength(1)
    book.decide(decision, 2)
    expect(other.decided(FILE)).toMatchObject({ ...decision, at: 2 })
    other.close()
  })

  it('opens a case once, however often it is told to', () => {
    const one = newCase()
    book.add([one, one], 1)
    book.add([{ ...one, closesHead: 5 }], 2)
    expect(open()).toMatchObject([{ ...one, openedAt: 1 }])
    expect(book.waiting('side')).toEqual({ count: 1, firstCloses: 100 })
  })

  it('closes all cases of a file with one decision, and those that come later at once', () => {
    const [one, two, other] = [newCase(), newCase({ chain: 'home' }), newCase({ sha256: 'b'.repeat(64) })]
    book.add([one, two, other], 1)
    expect(book.decide(decision, 2)).toBe(2)
    expect(open()).toMatchObject([{ sha256: other.sha256 }])
    expect(book.unnoted('side', 10)).toEqual([one.guid])
    expect(book.unnoted('home', 10)).toEqual([two.guid])
    const late = newCase()
    book.add([late], 3)
    expect(open()).toHaveLength(1)
    expect(book.unnoted('side', 10)).toContain(late.guid)
    for (const { chain, guid } of [one, late]) book.note(chain, guid)
    expect(book.unnoted('side', 10)).toEqual([])
    expect(book.waiting('home')).toEqual({ count: 0, firstCloses: null })
  })

  it('keeps all decisions, and the last one counts', () => {
    book.decide(decision, 1)
    book.decide({ ...decision, verdict: 'benign', who: 'Grace Hopper', why: '  a false alarm ' }, 2)
    expect(book.decided(FILE)).toMatchObject({ verdict: 'benign', why: 'a false alarm' })
    expect(book.decisions({ sha256: FILE, limit: 9 }).map(({ who }) => who)).toEqual(['Grace Hopper', 'Ada'])
    expect(book.decisions({ limit: 1, before: 2 }).map(({ who }) => who)).toEqual(['Ada'])
  })

  it.each([
    [{ sha256: 'A'.repeat(64) }, /sha256: it has 64 hexadecimal digits/],
    [{ verdict: 'unknown' }, /verdict: it is malicious or benign/],
    [{ who: '' }, /who: name a person/],
    [{ who: 'x\u001b[2J' }, /who: name a person/],
    [{ who: 'x'.repeat(65) }, /who: name a person/],
    [{ why: ' \n' }, /why: say in 1 to 4000 characters/],
    [{ why: 'x'.repeat(4_001) }, /why: say/],
  ])('takes no decision with %j', (wrong, reason) => {
    book.add([newCase()], 1)
    expect(() => book.decide({ ...decision, ...wrong } as never, 2)).toThrow(reason)
    expect(book.decisions({ limit: 9 })).toEqual([])
    expect(open()).toHaveLength(1)
  })

  it('lists what is too late first, page by page, and each case once', () => {
    const cases = Array.from({ length: 25 }, (_, index) => newCase({ closesHead: (index * 7) % 5, artifact: index }))
    book.add(cases, 1)
    const seen: number[] = []
    for (
      let page = book.list({ limit: 4 });
      page.length > 0;
      page = book.list({ limit: 4, after: page.at(-1) as never })
    ) {
      seen.push(...page.map(({ closesHead }) => closesHead))
    }
    expect(seen).toEqual(cases.map(({ closesHead }) => closesHead).toSorted((a, b) => a - b))
  })

  it('looks at open cases only, however many there were', () => {
    const db = new DatabaseSync(path)
    const plans = [
      "SELECT id FROM cases INDEXED BY open_cases_of_all WHERE state = 'open' AND (closes_head, id) > (1, 1) ORDER BY closes_head, id LIMIT 9",
      "SELECT id FROM cases INDEXED BY open_cases WHERE state = 'open' AND chain = 'side' AND (closes_head, id) > (1, 1) ORDER BY closes_head, id LIMIT 9",
      "SELECT DISTINCT guid FROM cases WHERE state = 'decided' AND noted = 0 AND chain = 'side' LIMIT 9",
      "UPDATE cases SET state = 'decided' WHERE sha256 = 'a' AND state = 'open'",
      'SELECT id FROM cases WHERE closed_at < 1 ORDER BY closed_at LIMIT 9',
    ].map((sql) => db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all())
    db.close()
    for (const plan of plans) {
      const text = JSON.stringify(plan)
      expect(text).toMatch(/INDEX (open_cases|open_cases_of_all|decided_cases|cases_of_file|closed_cases)/)
      expect(text).not.toContain('TEMP B-TREE')
    }
  })

  it('forgets closed cases by age, and no decision', () => {
    const one = newCase()
    book.add([one, newCase({ sha256: 'b'.repeat(64) })], 1)
    book.decide(decision, 10)
    // What the arbiter has not heard of stays, however old it is.
    expect(book.forget(11, 100)).toBe(0)
    book.note(one.chain, one.guid)
    expect(book.forget(10, 100)).toBe(0)
    expect(book.forget(11, 100)).toBe(1)
    expect(open()).toHaveLength(1)
    expect(book.decided(FILE)?.who).toBe('Ada')
  })

  it('says so where another program holds it, so that it is tried again, and has done nothing by halves', () => {
    const other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    expect(() => book.decide(decision, 1)).toThrow(
      expect.objectContaining({ code: 'CASE_BOOK_WRITE', retryable: true }),
    )
    expect(() => book.add([newCase()], 1)).toThrow(expect.objectContaining({ code: 'CASE_BOOK_WRITE' }))
    other.exec('ROLLBACK')
    other.close()
    expect(open()).toEqual([])
    expect(book.decisions({ limit: 1 })).toEqual([])
    book.add([newCase()], 1)
    expect(open()).toHaveLength(1)
  })

  it('knows reviewers by their keys, which it does not hold', () => {
    const key = book.addReviewer('Ada', 1)
    expect(book.reviewerOf(key)).toBe('Ada')
    expect(book.reviewerOf(`${key}x`)).toBeUndefined()
    expect(() => book.addReviewer('Ada', 2)).toThrow(/Ada has a key already/)
    expect(() => book.addReviewer('', 2)).toThrow(/name: name a person/)
    book.removeReviewer('Ada')
    expect(book.reviewerOf(key)).toBeUndefined()
    expect(() => book.removeReviewer('Ada')).toThrow(/there is no reviewer Ada/)
  })

  it('is refused where it is something else, or of a later version, or has to be there and is not', () => {
    const other = join(directory, 'other')
    expect(() => CaseBook.open(other, { mustExist: true })).toThrow(/Cannot use case book .*other: there is none/)
    writeFileSync(other, 'this is no database, but a text that is long enough to be taken for one')
    expect(() => CaseBook.open(other)).toThrow(/Cannot use case book/)
    const db = new DatabaseSync(path)
    db.exec('PRAGMA user_version = 99')
    db.close()
    expect(() => CaseBook.open(path)).toThrow(/version 99/)
    const mend = new DatabaseSync(path)
    mend.exec('PRAGMA user_version = 1')
    mend.close()
  })
})
