import { expect, test } from 'vitest'
import type { BountyRecord } from './bounty-record.js'
import { ClosedWindows } from './closed-windows.js'

const record = (guid: string, expiration: number) => ({ guid, expiration }) as BountyRecord

test('a bounty is found once, when nobody can assert on it any more', () => {
  const closed = new ClosedWindows()
  const [first, later] = [record('first', 115), record('later', 117)]
  const open = [first, later]
  expect(closed.next(open, 115)).toEqual([])
  expect(closed.next(open, 116)).toEqual([first])
  expect(closed.next(open, 117)).toEqual([])
  expect(closed.next(open, 118)).toEqual([later])
})
