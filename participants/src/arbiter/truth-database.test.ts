import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TruthDatabase } from './truth-database.ts'
import { TRUTH_FORMATS, writeTruths } from './truth-files.ts'
import { importTruths } from './truth-import.ts'

let directory: string
const verdicts = fc.constantFrom('malicious' as const, 'benign' as const)
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'truth-'))
  await mkdir(join(directory, 'bad'))
  await mkdir(join(directory, 'good'))
})

afterEach(async () => {
  await rm(directory, { recursive: true })
})

const paths = () => ({
  malicious: join(directory, 'bad'),
  benign: join(directory, 'good'),
  output: join(directory, 'truth.db'),
})

/** All that is in the database. */
function known() {
  const database = TruthDatabase.open(paths().output)
  try {
    return [...database.all()]
  } finally {
    database.close()
  }
}

describe('a truth database', () => {
  it('knows the files of two directories, the same after a second run', async () => {
    await writeFile(join(directory, 'bad', 'a'), 'evil')
    await writeFile(join(directory, 'good', 'b'), 'nice')
    expect(await importTruths(paths())).toEqual({ malicious: 1, benign: 1, added: 2, changed: 0, known: 0 })
    expect(await importTruths(paths())).toEqual({ malicious: 1, benign: 1, added: 0, changed: 0, known: 2 })
    const database = TruthDatabase.open(paths().output)
    expect(database.lookUp(sha256('evil'))).toBe('malicious')
    expect(database.lookUp(sha256('nice').toUpperCase())).toBe('benign')
    expect(database.lookUp(sha256('never seen'))).toBeUndefined()
    database.close()
    const rows = new DatabaseSync(paths().output).prepare('SELECT count(*) AS n FROM files').get()
    expect(rows?.n).toBe(2)
  })

  it('knows the URLs of a list, by their text', async () => {
    const list = join(directory, 'urls.txt')
    const { output } = paths()
    await writeFile(list, '# seen today\nhttps://bad.example/ malicious\nhttps://bücher.example/ benign\n')
    expect(await importTruths({ urls: list, output })).toMatchObject({ malicious: 1, benign: 1, added: 2 })
    const database = TruthDatabase.open(output)
    expect(database.lookUp(sha256('https://bad.example/'))).toBe('malicious')
    expect(database.lookUp(sha256('https://bücher.example/'))).toBe('benign')
    database.close()
  })

  it.each([
    ['https://a.example/', /neither malicious nor benign stands behind https:\/\/a\.example\//],
    ['https://a.example/ benign\nmailto:a@a.example', /line 2: only http/],
  ])('takes no list like %j', async (text, reason) => {
    const list = join(directory, 'urls.txt')
    await writeFile(list, text)
    await expect(importTruths({ urls: list, output: paths().output })).rejects.toThrow(reason)
    expect(known).toThrow(/does not exist/)
  })

  it('is not built where a file is in both directories, and names both', async () => {
    await writeFile(join(directory, 'bad', 'a'), 'same')
    await writeFile(join(directory, 'good', 'b'), 'same')
    await expect(importTruths(paths())).rejects.toThrow(/good\/b.*bad\/a/)
    expect(known).toThrow(/does not exist/)
  })

  it('of the original knows nothing where it contradicts itself', () => {
    const db = new DatabaseSync(paths().output)
    db.exec(`CREATE TABLE files (name text, truth int);
      INSERT INTO files VALUES ('aa', 0), ('aa', 1), ('bb', 1), ('bb', 1)`)
    db.close()
    const database = TruthDatabase.open(paths().output)
    expect(database.lookUp('aa')).toBeUndefined()
    expect(database.lookUp('bb')).toBe('malicious')
    database.close()
  })

  it('of the original is taken over where it says the same twice, and not where it contradicts itself', () => {
    const db = new DatabaseSync(paths().output)
    db.exec(`CREATE TABLE files (name text, truth int); INSERT INTO files VALUES ('bb', 1), ('bb', 1)`)
    TruthDatabase.create(paths().output).close()
    expect(known()).toEqual([{ sha256: 'bb', truth: 'malicious' }])
    db.exec(`DROP INDEX files_by_name; INSERT INTO files VALUES ('bb', 0)`)
    db.close()
    expect(() => TruthDatabase.create(paths().output)).toThrow(/UNIQUE/)
  })

  it('refuses rows that contradict it, by name, and changes nothing; unless they are to take its place', async () => {
    const output = paths().output
    const csv = join(directory, 'truths.csv')
    const [one, two] = [sha256('one'), sha256('two')]
    await writeFile(csv, `truth,note,sha256\nmalicious,"a, b",${one.toUpperCase()}\r\nbenign,,${two}\n`)
    expect(await importTruths({ files: [csv], output })).toMatchObject({ added: 2, malicious: 1, benign: 1 })
    const before = known()
    const json = join(directory, 'truths.json')
    await writeFile(
      json,
      JSON.stringify([
        { sha256: sha256('three'), truth: 1 },
        { sha256: two, truth: 'malicious' },
      ]),
    )
    await expect(importTruths({ files: [json], output })).rejects.toThrow(
      new RegExp(`truths.json, entry 1: ${two} is benign in the database`),
    )
    expect(known()).toEqual(before)
    expect(await importTruths({ files: [json], output, replace: true })).toMatchObject({ added: 1, changed: 1 })
    expect(known()).toContainEqual({ sha256: two, truth: 'malicious' })
  })

  it.each([
    ['rows.csv', 'sha256\nabc\n', /line 2: there is no SHA-256/],
    ['rows.csv', `sha256,truth\n${'a'.repeat(64)},perhaps\n`, /line 2: "truth" is neither/],
    ['rows.csv', `sha256,truth\n"${'a'.repeat(70_000)}`, /Max Record Size|record/i],
    ['rows.json', '{"a":1}', /holds no list/],
    ['rows.json', '[{"sha256":1}]', /entry 0: there is no SHA-256/],
    ['rows.json', '[[[', /JSON/],
    ['rows.txt', '', /ends neither in/],
    ['missing.csv', undefined, /ENOENT/],
    ['missing.json', undefined, /ENOENT/],
  ])('takes nothing of %s with %j', async (name, text, reason) => {
    const file = join(directory, name)
    if (text !== undefined) await writeFile(file, text)
    await expect(importTruths({ files: [file], output: paths().output })).rejects.toThrow(reason)
    expect(known).toThrow(/does not exist/)
  })

  it.each(TRUTH_FORMATS)('is the same after all of it was written as %s and read again', async (format) => {
    const truths = fc.uniqueArray(fc.record({ sha256: fc.stringMatching(/^[0-9a-f]{64}$/), truth: verdicts }), {
      selector: ({ sha256: hash }) => hash,
    })
    await fc.assert(
      fc.asyncProperty(truths, async (list) => {
        const [first, second] = [join(directory, 'first.db'), join(directory, 'second.db')]
        const database = TruthDatabase.create(first)
        database.add(list)
        const file = join(directory, `all.${format}`)
        await writeFile(file, [...writeTruths(database.all(), format)].join(''))
        await importTruths({ files: [file], output: second })
        const copy = TruthDatabase.open(second)
        expect([...copy.all()]).toEqual([...database.all()])
        for (const each of [database, copy]) each.close()
        await Promise.all([rm(first), rm(second)])
      }),
      { numRuns: 10 },
    )
  })

  it('says so when it is something else', async () => {
    await writeFile(paths().output, 'this is no database, only text')
    expect(() => TruthDatabase.open(paths().output)).toThrow(/no truth database/)
  })
})
