import { expect, test } from 'vitest'
import { selectedFields } from './selected-fields.ts'

const value = { hash: { md5: 'm', sha1: 's' }, scan: { names: ['a'], first: { at: 1 }, last: { at: 2, id: 3 } } }

test.each([
  [[], [], value],
  [['hash'], [], { hash: value.hash }],
  [['scan.*.at'], [], { scan: { first: { at: 1 }, last: { at: 2 } } }],
  [['hash.md5', 'scan.names'], ['hash'], { scan: { names: ['a'] } }],
  [[], ['*.md5', 'scan.last'], { hash: { sha1: 's' }, scan: { names: ['a'], first: { at: 1 } } }],
  [['nothing', 'hash.md5.deeper', '__proto__'], [], {}],
])('include %j and exclude %j', (include, exclude, expected) => {
  expect(selectedFields(value, { include, exclude })).toEqual(expected)
})
