import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { makeTruth, type SourceFlags, TRUTH_SOURCES } from './truth-sources.ts'

const FLAGS: SourceFlags = {
  truthDb: 'truth.db',
  panel: ['eicar', 'entropy'],
  panelTrusted: [],
  panelWeights: [],
  panelQuorum: 0.5,
  panelMajority: 0.5,
}
const tools = { backends: {}, timeLimit: 1_000, warn: () => undefined }

it('the documentation has the table of all sources, as their definitions say it', () => {
  const page = readFileSync(new URL('../../../../docs/arbiters.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `(\w+)` +\| ([^|]+?) +\|$/gm)].map(([, name, knows]) => ({ name, knows }))
  expect(rows).toEqual(TRUTH_SOURCES.map(({ name, knows }) => ({ name, knows })))
})

it('sources are made in the order of their names; verbatim is the database, and other names are backends', async () => {
  const truth = await makeTruth(['manual', 'verbatim', 'panel', 'entropy'], FLAGS, tools)
  expect(truth.name).toBe('manual, then database, then panel, then entropy')
  expect(truth.waitsForPeople).toBe(true)
  expect((await makeTruth(['settled', 'eicar'], FLAGS, tools)).waitsForPeople).toBe(false)
})

it.each([
  [['nothing-like-it'], {}, /neither a file nor one of/],
  [['command'], {}, /give --command/],
  [['http'], {}, /give --service/],
  [['panel'], { panel: [] }, /--panel: name the backends/],
  [['panel'], { panelTrusted: ['yara'] }, /--panel-trusted: yara is not in the panel \(eicar, entropy\)/],
  [['panel'], { panelWeights: ['yara=2'] }, /--panel-weights: yara is not in the panel/],
  [['panel'], { panelWeights: ['eicar=0'] }, /"eicar=0" is not like clamav=2/],
  [['panel'], { panelWeights: ['eicar=1e9'] }, /is not like/],
] as const)('%j with %j is refused', async (names, flags, reason) => {
  await expect(makeTruth(names, { ...FLAGS, ...flags } as never, tools)).rejects.toThrow(reason)
})

it('numbers of the command line are read, and refused where they make no sense', () => {
  const read = (name: string, text: string): unknown =>
    TRUTH_SOURCES.flatMap(({ options }) => options)
      .find(({ flags }) => flags.startsWith(name))
      ?.read?.(text)
  expect(read('--panel-quorum', '0.25')).toBe(0.25)
  for (const text of ['', 'x', '-0.1', '1.1', 'NaN']) expect(() => read('--panel-quorum', text)).toThrow(/from 0 to 1/)
  expect(() => read('--panel-majority', '0.4')).toThrow(/from 0.5 to 1/)
})
