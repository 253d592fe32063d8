import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { buildTruthDatabase, TruthDatabase } from './truth-database.ts'

let directory: string
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

describe('a truth database', () => {
  it('knows the files of two directories, the same after a second run', async () => {
    await writeFile(join(directory, 'bad', 'a'), 'evil')
    await writeFile(join(directory, 'good', 'b'), 'nice')
    for (let run = 0; run < 2; run++) expect(await buildTruthDatabase(paths())).toEqual({ malicious: 1, benign: 1 })
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
    expect(await buildTruthDatabase({ urls: list, output })).toEqual({ malicious: 1, benign: 1 })
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
    await expect(buildTruthDatabase({ urls: list, output: paths().output })).rejects.toThrow(reason)
    expect(() => TruthDatabase.open(paths().output)).toThrow(/does not exist/)
  })

  it('is not built where a file is in both directories, and names both', async () => {
    await writeFile(join(directory, 'bad', 'a'), 'same')
    await writeFile(join(directory, 'good', 'b'), 'same')
    await expect(buildTruthDatabase(paths())).rejects.toThrow(/good\/b.*bad\/a/)
    expect(() => TruthDatabase.open(paths().output)).toThrow(/does not exist/)
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

  it('says so when it is something else', async () => {
    await writeFile(paths().output, 'this is no database, only text')
    expect(() => TruthDatabase.open(paths().output)).toThrow(/no truth database/)
  })
})
