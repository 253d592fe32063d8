import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Verdict } from '@polyswarm/protocol'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { TruthUnavailableError } from '../errors.ts'
import { DatabaseTruth } from './database-truth.ts'
import { TruthDatabase } from './truth-database.ts'

let directory: string
let truth: DatabaseTruth
let warnings: string[]

const fill = (name: string, sha256: string, verdict: Verdict): string => {
  const path = join(directory, name)
  const database = TruthDatabase.create(path)
  database.add([{ sha256, truth: verdict }], { replace: true })
  database.close()
  return path
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'database-truth-'))
  warnings = []
  truth = new DatabaseTruth(fill('truth.db', 'aa', 'benign'), { warn: (message) => warnings.push(message) })
  await truth.setup()
})

afterEach(async () => {
  await truth.teardown()
  rmSync(directory, { recursive: true })
})

it('knows at once what is added or corrected', () => {
  expect(truth.recall('bb').verdict).toBeUndefined()
  fill('truth.db', 'bb', 'malicious')
  expect(truth.recall('bb').verdict).toBe('malicious')
  fill('truth.db', 'aa', 'malicious')
  expect(truth.recall('aa').verdict).toBe('malicious')
})

it('takes a database that is put in the place of the one before', () => {
  renameSync(fill('other.db', 'cc', 'malicious'), join(directory, 'truth.db'))
  expect(truth.recall('cc').verdict).toBe('malicious')
  expect(truth.recall('aa').verdict).toBeUndefined()
})

it('goes on with the one before where there is none any more, or something else, and says so once', () => {
  writeFileSync(join(directory, 'text'), 'no database at all')
  renameSync(join(directory, 'text'), join(directory, 'truth.db'))
  for (let time = 0; time < 3; time++) expect(truth.recall('aa').verdict).toBe('benign')
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toMatch(/no truth database.*What was known before counts/)
  rmSync(join(directory, 'truth.db'))
  expect(truth.recall('aa').verdict).toBe('benign')
  renameSync(fill('other.db', 'aa', 'malicious'), join(directory, 'truth.db'))
  expect(truth.recall('aa').verdict).toBe('malicious')
})

it('is asked again where a writer holds the file', () => {
  const writer = new DatabaseSync(join(directory, 'truth.db'))
  writer.exec('BEGIN EXCLUSIVE')
  expect(() => truth.recall('aa')).toThrow(TruthUnavailableError)
  writer.exec('ROLLBACK')
  writer.close()
  expect(truth.recall('aa').verdict).toBe('benign')
})
