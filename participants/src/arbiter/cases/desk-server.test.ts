import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newGuid } from '@polyswarm/protocol'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CaseBook } from './case-book.ts'
import { DeskServer } from './desk-server.ts'

let directory: string
let book: CaseBook
let server: DeskServer
let key: string

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'desk-'))
  book = CaseBook.open(join(directory, 'cases.sqlite'))
  key = book.addReviewer('Ada', 1)
  server = await DeskServer.start({ book, host: '127.0.0.1', port: 0, hosts: [], logger: pino({ level: 'silent' }) })
})

afterEach(async () => {
  await server.stop()
  book.close()
  rmSync(directory, { recursive: true })
})

const FILE = 'a'.repeat(64)
function openCase(artifact = 0): void {
  const evidence = { uri: 'Qm', artifactType: 'file', size: 1, format: 'text', metadata: '{}', sources: [] } as const
  const one = { chain: 'side', guid: newGuid(), artifact, sha256: FILE, closesHead: 100 + artifact }
  book.add([{ ...one, evidence: { ...evidence, sources: [] } }], 1)
}

async function ask(path: string, { body, headers = {}, method }: RequestInit & { body?: string } = {}) {
  const answer = await fetch(`${server.url}${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      authorization: `Bearer ${key}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body }),
  })
  return { status: answer.status, answer: (await answer.json()) as { result?: never; errors?: string; code?: string } }
}

describe('a desk', () => {
  it('lists cases page by page, shows one, and takes a decision in the name of whose key it is', async () => {
    for (let artifact = 0; artifact < 3; artifact++) openCase(artifact)
    book.setClock('side', { head: 60, blockTime: 2_000 }, 1)
    const first = await ask('/v1/cases?limit=2')
    expect(first.answer.result).toMatchObject({
      cases: [
        { id: 1, closesHead: 100, state: 'open', clock: { head: 60, blockTime: 2_000 } },
        { id: 2, closesHead: 101 },
      ],
      next: '101-2',
    })
    expect((await ask('/v1/cases?limit=2&after=101-2')).answer.result).toMatchObject({ cases: [{ id: 3 }], next: null })
    const decided = await ask('/v1/cases/1/decision', {
      body: JSON.stringify({ verdict: 'malicious', why: 'drops a miner', who: 'somebody else' }),
    })
    expect(decided).toMatchObject({ status: 200, answer: { status: 'OK', result: { sha256: FILE, decided: 3 } } })
    expect((await ask('/v1/cases/1')).answer.result).toMatchObject({
      state: 'decided',
      decisions: [{ who: 'Ada', why: 'drops a miner', verdict: 'malicious' }],
    })
    expect((await ask('/v1/decisions?limit=1')).answer.result).toMatchObject({ decisions: [{ who: 'Ada' }], next: 1 })
    const other = await ask('/v1/decisions', {
      body: JSON.stringify({ sha256: 'B'.repeat(64), verdict: 'benign', why: 'signed by its maker' }),
    })
    expect(other.answer.result).toEqual({ sha256: 'b'.repeat(64), decided: 0 })
  })

  it.each([
    ['/v1/cases/7', undefined, 404, 'CASE_UNKNOWN'],
    ['/v1/cases/x', undefined, 404, 'CASE_UNKNOWN'],
    ['/v1/nothing', undefined, 404, 'CASE_UNKNOWN'],
    ['/v1/cases/1/artifact', undefined, 404, 'CASE_UNKNOWN'],
    ['/v1/cases?limit=0', undefined, 400, 'DECISION_REFUSED'],
    ['/v1/cases?after=1', undefined, 400, 'DECISION_REFUSED'],
    ['/v1/cases?chain=moon', undefined, 400, 'DECISION_REFUSED'],
    ['/v1/cases/1/decision', '{', 400, 'DECISION_REFUSED'],
    ['/v1/cases/1/decision', '{"verdict":"unknown","why":"x"}', 400, 'DECISION_REFUSED'],
    ['/v1/cases/1/decision', '{"verdict":"benign","why":" "}', 400, 'DECISION_REFUSED'],
    ['/v1/cases/1/decision', '[]', 400, 'DECISION_REFUSED'],
    ['/v1/decisions', '{"sha256":"x","verdict":"benign","why":"x"}', 400, 'DECISION_REFUSED'],
    ['/v1/decisions', `"${'x'.repeat(70_000)}"`, 400, 'DECISION_REFUSED'],
    ['/v2/cases', undefined, 404, 'CASE_UNKNOWN'],
  ])('answers %s with %j by what is wrong', async (path, body, status, code) => {
    openCase()
    const got = await ask(path, body === undefined ? {} : { body })
    expect(got).toMatchObject({ status, answer: { status: 'FAIL', code, errors: expect.any(String) } })
    expect(book.decisions({ limit: 9 })).toEqual([])
  })

  it('answers nobody without a key, by another name, or for a page of others', async () => {
    openCase()
    const refused = { status: 401, answer: { code: 'REVIEWER_KEY' } }
    expect(await ask('/v1/cases', { headers: { authorization: '' } })).toMatchObject(refused)
    expect(await ask('/v1/cases', { headers: { authorization: `Bearer ${key}x` } })).toMatchObject(refused)
    expect(await ask('/v1/cases', { headers: { origin: 'https://elsewhere.example' } })).toMatchObject(refused)
    book.removeReviewer('Ada')
    expect(await ask('/v1/cases')).toMatchObject(refused)
  })

  it('closes for a while where somebody guesses keys', async () => {
    const wrong = { headers: { authorization: 'Bearer guess' } }
    for (let guess = 0; guess < 100; guess++) expect((await ask('/v1/cases', wrong)).status).toBe(401)
    expect(await ask('/v1/cases', wrong)).toMatchObject({ status: 429, answer: { code: 'TOO_MANY_TRIES' } })
  })
})
