import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { newGuid } from '@polyswarm/protocol'
import { getAddress } from 'viem'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readArbiterStatus } from '../arbiter/arbiter-status.ts'
import { CaseBook } from '../arbiter/cases/case-book.ts'
import type { CaseEvidence } from '../arbiter/cases/evidence.ts'
import { Journal } from '../runtime/journal/journal.ts'

const BIN = fileURLToPath(new URL('../../dist/bin/arbiter.js', import.meta.url))
const FILE = 'c'.repeat(64)

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'arbiter-commands-'))
})

afterEach(() => {
  rmSync(directory, { recursive: true })
})

function arbiter(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], { encoding: 'utf8', cwd: directory })
  return { status, stdout, stderr }
}

/** Each of the commands below is a program that starts, which takes a busy machine a while. */
const PATIENCE = { timeout: 300_000 }

it('truth is imported and written out, and contradictions are refused', PATIENCE, () => {
  for (const [folder, name] of ['bad', 'good'].entries()) {
    mkdirSync(join(directory, name))
    writeFileSync(join(directory, name, 'file'), `content ${folder}`)
  }
  const db = ['--truth-db', 'truth.db']
  writeFileSync(join(directory, 'list.csv'), `sha256,truth\n${FILE},malicious\n`)
  expect(arbiter('truth', 'import', ...db, '--malicious', 'bad', '--benign', 'good', 'list.csv')).toMatchObject({
    status: 0,
    stdout: 'truth.db: 3 added, 0 changed, 0 known before\n',
  })
  expect(JSON.parse(arbiter('truth', 'export', ...db, '--format', 'json').stdout)).toHaveLength(3)
  writeFileSync(join(directory, 'list.csv'), `sha256,truth\n${FILE},benign\n`)
  expect(arbiter('truth', 'import', ...db, 'list.csv')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining(`${FILE} is malicious in the database`),
  })
})

it('what waits is listed, shown and decided, by people with names and reasons', PATIENCE, () => {
  const at = ['--cases', 'cases.sqlite']
  const book = CaseBook.open(join(directory, 'cases.sqlite'))
  const sources = [{ source: 'panel', verdict: null, reason: 'no majority: 1 of 2 say malicious' }]
  const evidence = { uri: 'QmDirectory', artifactType: 'file', size: 12, format: 'pe' } as const
  const metadata = '{"filename":"\u001b[2Jinvoice.exe"}'
  const one = { chain: 'side', guid: newGuid(), artifact: 3, sha256: FILE, closesHead: 400 }
  book.add([{ ...one, evidence: { ...evidence, metadata, sources } }], 1)
  book.setClock('side', { head: 100, blockTime: 12_000 }, 1)
  book.close()

  expect(arbiter('queue', ...at).stdout).toMatch(
    new RegExp(`1 +side +${one.guid} +3 +300 blocks \\(1 h 0 min\\) +pe +12 +${FILE}`),
  )
  expect(arbiter('decide', '1', 'malicious', ...at).stderr).toMatch(/--why: say what the decision rests on/)
  expect(arbiter('decide', '1', 'malicious', '--who', 'Ada', '--why', 'drops a miner', ...at).stdout).toBe(
    `${FILE} is malicious: 1 open case decided.\n`,
  )
  const shown = arbiter('show', '1', ...at).stdout
  expect(shown).toMatch(/panel +does not know no majority: 1 of 2 say malicious/)
  expect(shown).toContain('/artifacts/QmDirectory/3')
  expect(shown).toMatch(/decided +malicious by Ada on .*: drops a miner/)
  expect(shown).not.toContain('\u001b')
  expect(arbiter('reviewer', 'add', 'Ada', ...at).stdout).toMatch(/^psa_[\w-]{43}\n$/)
})

it('what came too late is listed where that is asked for, until somebody decides about its file', PATIENCE, () => {
  const at = ['--cases', 'cases.sqlite']
  const book = CaseBook.open(join(directory, 'cases.sqlite'))
  const evidence: CaseEvidence = {
    uri: 'QmDirectory',
    artifactType: 'file',
    size: 12,
    format: 'pe',
    metadata: '{}',
    sources: [],
  }
  const guids = [newGuid(), newGuid()]
  const cases = guids.map((guid, index) => ({
    ...{ chain: 'side', guid, artifact: 0, sha256: `${index}`.repeat(64), closesHead: 400, evidence },
  }))
  book.add(cases, 1)
  for (const [index, guid] of guids.entries()) book.settle('side', guid, 'late', index + 2)
  book.close()

  expect(arbiter('queue', ...at).stdout).toBe('Nothing waits for a person.\n')
  const listed = arbiter('queue', '--late', ...at).stdout
  expect(listed).toMatch(new RegExp(`${guids[1]} +0 +is too late +pe .*\n.*${guids[0]} +0 +is too late`))
  expect(arbiter('decide', '1', 'benign', '--who', 'Ada', '--why', 'a letter', ...at).stdout).toMatch(
    /0 open cases decided\. Case 1 was closed before \(late\)/,
  )
  expect(JSON.parse(arbiter('queue', '--late', '--format', 'json', ...at).stdout)).toMatchObject([{ guid: guids[1] }])
})

it('the status is that of the journal', PATIENCE, () => {
  const path = join(directory, 'arbiter.sqlite')
  const account = getAddress(`0x${'a'.repeat(40)}`)
  const journal = Journal.open(path, { account, role: 'arbiter' })
  const tallies = {
    responses: 17n,
    bounties: 20n,
    agreed: 3n,
    disagreed: 1n,
    stake: 10n ** 25n,
    earned: 5n * 10n ** 17n,
  }
  journal.judgements.set(tallies)
  expect(arbiter('status', '--journal', path).stdout).toMatch(
    /response rate +85\.0 % \(17 of 20 bounties; the line is 90 %, below the line\)\nagreement +75\.0 %/,
  )
  expect(readArbiterStatus(path)).toMatchObject({
    ...{ responseRate: 0.85, agreement: 0.75, staked: '10000000', earned: '0.5', undecided: 0, missed: 0 },
  })
  journal.close()
  Journal.open(join(directory, 'other.sqlite'), { account, role: 'microengine' }).close()
  expect(() => readArbiterStatus(join(directory, 'other.sqlite'))).toThrow(/belongs to role microengine/)
})

it('options that make no sense are refused before anything is asked', PATIENCE, () => {
  expect(arbiter('--panel-quorum', '2').stderr).toMatch(/--panel-quorum: give a number from 0 to 1/)
})
