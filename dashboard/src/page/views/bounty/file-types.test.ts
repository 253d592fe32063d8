import { expect, test } from 'vitest'
import { fileTypes } from './file-types.ts'

test('a type is what the ambassador says, or not known, whatever its metadata is', () => {
  const said = [{ mimetype: 'text/plain' }, { mimetype: 7 }, null, 'text', { mimetype: `a\u202eb${'x'.repeat(9)}` }]
  expect(fileTypes(said, 'file', 6)).toEqual([
    ...['text/plain', 'not known', 'not known', 'not known'],
    ...['a\\u202ebxxxxxxxxx', 'not known'],
  ])
  expect(fileTypes([{ mimetype: 'x'.repeat(81) }], 'file', 1)).toEqual(['not known'])
  expect(fileTypes('no list', 'url', 2)).toEqual(['URL', 'URL'])
})
