import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { tarOf, zipOf } from '../../participants/src/archives/archive.fixture.ts'

/** A file that is meant to hold up whoever reads it. */
export interface HostileFile {
  name: string
  make(): Buffer
}

const MIB = 1024 * 1024

/** What strangers send, and all that is made of it is made here. Each is made when its turn comes. */
export const HOSTILE_FILES: readonly HostileFile[] = [
  { name: 'tar of pax headers of digits, 436 KB', make: () => digitsTar(50) },
  { name: 'gzip of 2 MB of the same', make: () => gzipSync(digitsTar(240)) },
  {
    name: 'tar of 66,000 directories, 34 MB',
    make: () => tarOf(Array.from({ length: 66_000 }, () => ({ type: '5' }))),
  },
  { name: 'zip bomb, 200 MB of zeros', make: () => zipOf({ zeros: Buffer.alloc(200_000_000) }) },
  { name: 'gzip bomb, 300 MB of zeros', make: () => gzipSync(Buffer.alloc(300_000_000)) },
  {
    name: 'zip of 2,000 members that share 4 MB',
    make: () => zipOf({ shared: Buffer.alloc(4_000_000) }, { shared: 2_000 }),
  },
  { name: 'zip of 1,900 small members', make: manySmall },
  { name: 'zip within zip, four deep, 40 MB', make: nestedZips },
  { name: '32 MiB of X5O!', make: () => Buffer.alloc(32 * MIB, 'X5O!') },
  { name: '32 MiB, random', make: () => randomBytes(32 * MIB) },
  { name: '32 MiB of blanks', make: () => Buffer.alloc(32 * MIB, ' ') },
  { name: '32 MiB, base64 of base64 of base64 …', make: deepBase64 },
]

function digitsTar(headers: number): Buffer {
  return tarOf(Array.from({ length: headers }, () => ({ type: 'x', content: Buffer.alloc(8_192, '1') })))
}

function manySmall(): Buffer {
  return zipOf(Object.fromEntries(Array.from({ length: 1_900 }, (_, index) => [`f${index}`, randomBytes(2_000)])))
}

function nestedZips(): Buffer {
  let inner: Buffer = randomBytes(40_000_000)
  for (let depth = 0; depth < 4; depth++) inner = zipOf({ inner })
  return inner
}

function deepBase64(): Buffer {
  let text = randomBytes(2 * MIB)
  while (text.length < 24 * MIB) text = Buffer.from(text.toString('base64'))
  return text.subarray(0, 32 * MIB)
}
