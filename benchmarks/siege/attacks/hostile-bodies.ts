import { JSON_BODY } from '../arena.ts'
import type { Attack } from '../attack.ts'
import { answerTo } from '../raw-request.ts'

/** Routes that take a body: with and without a key, read and write. */
const ROUTES = [
  'POST /bounties/metadata',
  'GET /transactions',
  'POST /transactions',
  'POST /bounties',
  'POST /staking/deposit',
  'POST /offers/state',
  'POST /relay/withdrawal',
  'POST /bounties/00000000-0000-4000-8000-000000000000/vote',
] as const

const MEBIBYTE = 1024 * 1024
const BODIES: readonly [string, () => string | Uint8Array][] = [
  ['four million bytes of [1,1,…]', () => `[${'1,'.repeat(2 * MEBIBYTE - 2)}1]`],
  ['a number of four million digits', () => '9'.repeat(4 * MEBIBYTE - 10)],
  ['numbers of a thousand digits', () => `[${`${'9'.repeat(1_000)},`.repeat(4_000)}0]`],
  ['a hundred thousand brackets', () => '['.repeat(100_000)],
  ['nested objects', () => '{"a":'.repeat(50_000)],
  ['escapes', () => `"${'\\u0000'.repeat(600_000)}"`],
  ['keys', () => `{${Array.from({ length: 200_000 }, (_, index) => `"k${index}":0`).join(',')}}`],
  ['the same key', () => `{${'"__proto__":{},'.repeat(200_000)}"a":1}`],
  ['transactions', () => `{"transactions":[${`"${'f'.repeat(100)}",`.repeat(30_000)}"0"]}`],
  ['one long transaction', () => `{"transactions":["${'f8'.repeat(MEBIBYTE)}"]}`],
  ['bytes that are no text', () => Buffer.alloc(MEBIBYTE, 0xff)],
  ['spaces', () => ' '.repeat(4 * MEBIBYTE)],
]
let turn = 0

/** Bodies that are read before anybody asks who sent them. */
export const hostileBodies: Attack = {
  name: 'hostile-bodies',
  tries: 'send bodies that are slow to read to every route that takes one: digits, long lists, deep nesting, many keys',
  purses: {},
  pause: 1_500,
  strike: async (arena, tally) => {
    const [name, make] = BODIES[turn % BODIES.length] as (typeof BODIES)[number]
    const [method = '', path = ''] = (ROUTES[turn % ROUTES.length] ?? '').split(' ')
    turn++
    const account = arena.besieged.ambassador
    const asked = arena.ask({ method, path: `${path}?account=${account}`, headers: JSON_BODY, body: make() })
    tally.met(`${name}: ${await answerTo(asked)}`)
  },
}
