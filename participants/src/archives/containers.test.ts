import { gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AnalysisBackend } from '../analysis/analysis-backend.ts'
import { runBackends } from '../analysis/backend-runner.ts'
import { eicarTestFile } from '../artifacts/eicar.ts'
import { eicarBackend } from '../backends/eicar/eicar-backend.ts'
import type { Finding } from '../findings/finding.ts'
import { tarOf, zipOf } from './archive.fixture.ts'
import { CONTAINER_FORMATS } from './container-formats.ts'
import { oleOf, rarOf } from './containers.fixture.ts'
import { isArchive } from './containers.ts'
import { passwordsFor } from './passwords.ts'

const letter = Buffer.from('a letter '.repeat(30))
/** Deflates well, so that the test file cannot be seen in an archive from outside. */
const bad = Buffer.concat([eicarTestFile(), Buffer.alloc(4_096, ' ')])
const backend: AnalysisBackend = eicarBackend()

async function judge(content: Uint8Array, metadata = {}): Promise<Finding> {
  const request = { content, artifactType: 'file' as const, metadata, signal: AbortSignal.timeout(30_000) }
  const [answer] = await runBackends([backend], request, 30_000)
  if (!answer) throw new TypeError('One backend has one finding.')
  return answer.finding
}

const end = (zip: Buffer): number => zip.lastIndexOf(Buffer.from('PK\x05\x06'))
const entry = (zip: Buffer, index = 0): number => {
  let at = -1
  for (let count = 0; count <= index; count++) at = zip.indexOf('PK\x01\x02', at + 1, 'latin1')
  return at
}
function changed(zip: Buffer, change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(zip)
  change(copy)
  return copy
}

/** Puts bytes between the files of an archive and its directory. */
function withBetween(zip: Buffer, bytes: Buffer): Buffer {
  const moved = changed(zip, (copy) => copy.writeUInt32LE(entry(zip) + bytes.length, end(zip) + 16))
  return Buffer.concat([moved.subarray(0, entry(zip)), bytes, moved.subarray(entry(zip))])
}

const both = zipOf({ letter, bad })
const one = zipOf({ bad })
const ambiguous: [string, Buffer][] = [
  ['says that it has no entries', changed(both, (zip) => zip.writeUInt32LE(0, end(zip) + 8))],
  ['says that it has one entry of two', changed(both, (zip) => zip.writeUInt32LE(0x10001, end(zip) + 8))],
  ['has no end', both.subarray(0, end(both))],
  ['has no directory', both.subarray(0, entry(both))],
  ['lists only the harmless one', Buffer.concat([one.subarray(0, entry(one)), zipOf({ letter })])],
  ['has another behind it', Buffer.concat([one, zipOf({ letter })])],
  ['has another in front of it', Buffer.concat([zipOf({ letter }), one])],
  [
    'has another in its comment',
    Buffer.concat([changed(one, (zip) => zip.writeUInt16LE(200, end(zip) + 20)), zipOf({ letter })]),
  ],
  ['is behind a picture', Buffer.concat([Buffer.from('GIF89a'), Buffer.alloc(3_000, 7), one])],
  ['is behind a program', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(70_000, 7), one])],
  [
    'is behind a program, and has no end',
    Buffer.concat([Buffer.from('MZ'), Buffer.alloc(500), one.subarray(0, entry(one))]),
  ],
  ['is behind a script', Buffer.concat([Buffer.from('#!/bin/sh\nexit\n'), one])],
  ['is behind a byte', Buffer.concat([Buffer.from('x'), one])],
  ['is in front of a lot', Buffer.concat([one, Buffer.alloc(200_000, 'x')])],
  ['is behind a byte, and in front of a lot', Buffer.concat([Buffer.from('x'), one, Buffer.alloc(200_000, 'x')])],
  ['calls it a directory', changed(zipOf({ 'bad/': bad }), (zip) => zip.writeUInt32LE(0, entry(zip) + 24))],
  ['gives it another size in front', changed(one, (zip) => zip.writeUInt32LE(7, 18))],
  ['gives it another size in the directory', changed(one, (zip) => zip.writeUInt32LE(7, entry(zip) + 20))],
  ['calls it stored in the directory', changed(one, (zip) => zip.writeUInt16LE(0, entry(zip) + 10))],
  ['calls it stored in front', changed(one, (zip) => zip.writeUInt16LE(0, 8))],
  ['calls it encrypted in the directory only', changed(one, (zip) => zip.writeUInt16LE(1, entry(zip) + 8))],
  ['gives it another name in front', changed(one, (zip) => zip.write('b/.', 30))],
  ['leads nowhere', changed(one, (zip) => zip.writeUInt32LE(9_999_999, entry(zip) + 42))],
  ['is packed between a file and the directory', withBetween(zipOf({ letter }), gzipSync(bad))],
  ['is packed behind the end', Buffer.concat([zipOf({ letter }), rarOf('bad', gzipSync(bad))])],
  ['is packed behind a piece of one', Buffer.concat([zipOf({ letter }).subarray(0, 18), gzipSync(bad)])],
  ['is packed behind a cut one', Buffer.concat([zipOf({ letter }).subarray(0, 45), rarOf('bad', gzipSync(bad))])],
  ['is a document', zipOf({ '[Content_Types].xml': letter, 'word/vbaProject.bin': oleOf('Macro', bad) })],
]

describe('a ZIP archive that programs read differently', () => {
  it.each(ambiguous)('is never benign: one that %s', async (_name, zip) => {
    expect((await judge(zip)).outcome).not.toBe('benign')
  })

  it('is malicious wherever any of them gets at the file', async () => {
    for (const [name, zip] of ambiguous.slice(0, 15)) {
      expect([name, (await judge(zip)).outcome]).toEqual([name, 'malicious'])
    }
  })

  it('is benign with nothing in it, also where a header says that a size does not fit', async () => {
    for (const harmless of [zipOf({ letter }), zipOf({ letter, 'empty/': Buffer.alloc(0) }), zipOf({})]) {
      expect(await judge(harmless)).toMatchObject({ outcome: 'benign' })
    }
  })
})

/** A tar archive whose only header is changed, and its sum put right or taken over signed bytes. */
function tarWith(change: (header: Buffer) => void, signed = false): Buffer {
  const tar = tarOf([{ content: gzipSync(bad) }])
  change(tar)
  tar.write('        ', 148)
  const sum = tar.subarray(0, 512).reduce((total, byte) => total + (signed && byte > 127 ? byte - 256 : byte), 0)
  tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return tar
}

const message = (parts: readonly string[]): string =>
  `From: a@example.org\r\nTo: b@example.org\r\nContent-Type: multipart/mixed; boundary="B"\r\n\r\n${parts.map((part) => `--B\r\n${part}\r\n`).join('')}--B--\r\n`
const attachment = (content: Uint8Array, encoding = 'base64'): string =>
  `Content-Type: application/zip\r\nContent-Transfer-Encoding: ${encoding}\r\nContent-Disposition: attachment; filename="a.zip"\r\n\r\n${Buffer.from(content).toString('base64').replace(/.{76}/g, '$&\r\n')}\r\n`

/** As the program of that name writes it. */
function uuencoded(content: Uint8Array): string {
  const sign = (value: number): string => String.fromCharCode(value === 0 ? 96 : value + 32)
  const lines: string[] = []
  for (let at = 0; at < content.length; at += 45) {
    const piece = Buffer.from(content.subarray(at, at + 45))
    const padded = Buffer.concat([piece, Buffer.alloc((3 - (piece.length % 3)) % 3)])
    let line = sign(piece.length)
    for (let i = 0; i < padded.length; i += 3) {
      const bits = padded.readUIntBE(i, 3)
      line += [18, 12, 6, 0].map((shift) => sign((bits >> shift) & 63)).join('')
    }
    lines.push(line)
  }
  return `begin 644 a file\n${lines.join('\n')}\n\`\nend\n`
}

const opened: [string, Uint8Array][] = [
  ['uuencode', Buffer.from(uuencoded(gzipSync(bad)))],
  ['uuencode in mail', Buffer.from(message([`Content-Type: text/plain\r\n\r\n${uuencoded(zipOf({ bad }))}`]))],
  ['uuencode in a script', Buffer.from(`#!/bin/sh\nuudecode <<'END'\n${uuencoded(rarOf('bad', gzipSync(bad)))}END\n`)],
  ['uuencode, the second', Buffer.from(uuencoded(letter) + uuencoded(gzipSync(bad)))],
  [
    'uuencode of base64',
    Buffer.from(`begin-base64 644 a\n${gzipSync(bad).toString('base64').replace(/.{60}/g, '$&\n')}\n====\n`),
  ],
  ['gzip', gzipSync(bad)],
  ['gzip, twice', Buffer.concat([gzipSync(letter), gzipSync(bad)])],
  ['tar without a magic', tarWith((header) => header.fill(0, 257, 265))],
  ['tar with a sum of signed bytes', tarWith((header) => header.fill(0xe9, 0, 4), true)],
  ...['7', '9', 'Z', '\0'].map((type): [string, Buffer] => [
    `tar with type ${JSON.stringify(type)}`,
    tarWith((header) => header.write(type, 156, 'latin1')),
  ]),
  ['tar named like a program', tarWith((header) => header.write('MZ', 0))],
  ['rar', rarOf('bad', zipOf({ bad }))],
  ['rar behind a program', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(9_000, 3), rarOf('bad', gzipSync(bad))])],
  ...[
    gzipSync(bad),
    tarOf([{ content: gzipSync(bad) }]),
    oleOf('S', Buffer.concat([gzipSync(bad), Buffer.alloc(5_000)])),
  ].map((content, index): [string, Uint8Array] => [
    `${['gzip', 'tar', 'OLE'][index]} behind a program`,
    Buffer.concat([Buffer.from('MZ'), Buffer.alloc(700, 3), content]),
  ]),
  ['OLE', oleOf('Stream', Buffer.concat([gzipSync(bad), Buffer.alloc(5_000)]))],
  ['mail', Buffer.from(message([`Content-Type: text/plain\r\n\r\nhello\r\n`, attachment(zipOf({ bad }))]))],
  [
    'mail in mail',
    Buffer.from(message([`Content-Type: message/rfc822\r\n\r\n${message([attachment(zipOf({ bad }))])}`])),
  ],
  ['mail behind other text', Buffer.from(`seen on Monday\r\n\r\n${message([attachment(zipOf({ bad }))])}`)],
  [
    'mail whose boundary is said to be another',
    Buffer.from(message([attachment(zipOf({ bad }))]).replace('boundary="B"', 'boundary="C"')),
  ],
  ['mail that does not say that it is base64', Buffer.from(message([attachment(zipOf({ bad }), '7bit')]))],
  ['a mailbox', Buffer.from(`From a Mon\n${message([])}\nFrom b Tue\n${message([attachment(zipOf({ bad }))])}`)],
]

describe('a container', () => {
  it.each(opened)('is opened: %s', async (_name, content) => {
    expect(Buffer.from(content).includes(Buffer.from(eicarTestFile()))).toBe(false)
    expect(await judge(content)).toMatchObject({ outcome: 'malicious' })
  })

  it.each(CONTAINER_FORMATS.filter(({ type, weak }) => type === undefined || !weak))(
    'of format $name ($signature) is never benign unless it was opened',
    async ({ at, signature }) => {
      const content = Buffer.alloc(Math.max(40_000, at + 100), 0x41)
      signature.copy(content, at)
      for (const artifact of [content, zipOf({ inner: content })]) {
        expect(await judge(artifact)).toMatchObject({ outcome: 'unknown', unseen: expect.any(String) })
      }
    },
  )

  it.each(CONTAINER_FORMATS.filter(({ weak }) => weak))(
    'is none for beginning like $name ($signature) alone',
    async ({ at, signature }) => {
      const content = Buffer.alloc(4_000, 'a letter ')
      signature.copy(content, at)
      expect(await judge(content)).toMatchObject({ outcome: 'benign' })
    },
  )

  it('is an unknown one inside of any other', async () => {
    const closed = Buffer.concat([Buffer.from('LZIP\x01', 'latin1'), letter])
    for (const around of [zipOf({ closed }), gzipSync(closed), tarOf([{ content: closed }]), rarOf('closed', closed)]) {
      expect(await judge(around)).toMatchObject({ outcome: 'unknown', unseen: 'unopened' })
    }
  })

  it('is no program that only knows the signatures', async () => {
    const known = CONTAINER_FORMATS.filter(({ name }) => name !== 'nsis').map(({ signature }) => signature)
    const zips = ['PK\x01\x02', 'PK\x03\x04', 'PK\x05\x06', 'PK\x06\x06'].map((text) => Buffer.from(text))
    const parts = [...known, ...zips].flatMap((signature) => [signature, Buffer.alloc(50, 'a letter ')])
    expect(await judge(Buffer.concat([Buffer.from('MZ'), Buffer.alloc(40_000, 7), ...parts]))).toMatchObject({
      outcome: 'benign',
    })
  })

  it('is no text, picture or program', () => {
    for (const start of ['a letter', 'GIF89a', 'MZ', '\x7fELF', '%PDF-1.7', '<html>', 'From here to there: nothing']) {
      expect(isArchive(Buffer.from(`${start} ${'x'.repeat(3_000)}`))).toBe(false)
    }
  })
})

it('an archive between pieces of others is found wherever it begins', { timeout: 60_000 }, async () => {
  const document = oleOf('letter', Buffer.alloc(5_000, letter))
  const whole = [zipOf({ letter }), gzipSync(letter), tarOf([{ content: letter }]), rarOf('letter', letter), document]
  const pieces = fc.array(
    fc
      .tuple(fc.constantFrom(...whole), fc.double({ min: 0, max: 1, noNaN: true }))
      .map(([archive, part]) => archive.subarray(0, Math.floor(part * archive.length))),
    { maxLength: 3 },
  )
  await fc.assert(
    fc.asyncProperty(
      pieces,
      fc.constantFrom(gzipSync(bad), zipOf({ bad }), rarOf('bad', gzipSync(bad))),
      pieces,
      async (before, archive, behind) => {
        expect((await judge(Buffer.concat([...before, archive, ...behind]))).outcome).not.toBe('benign')
      },
    ),
    { numRuns: 40 },
  )
})

it('an archive that a header of a ZIP archive covers is found', async () => {
  const [zip, archive] = [zipOf({ letter }), gzipSync(bad)]
  const outcomes = new Set<string>()
  for (let length = 0; length <= zip.length; length++) {
    const { outcome } = await judge(Buffer.concat([zip.subarray(0, length), archive, zip]))
    outcomes.add(outcome)
    const { outcome: alone } = await judge(Buffer.concat([zip.subarray(0, length), archive]))
    outcomes.add(alone)
  }
  expect([...outcomes]).not.toContain('benign')
})

it.each(['20070701.jpg', 'BZh91AY&SY.txt', 'ustar', '!<arch>.txt'])(
  'a ZIP archive with a file that is named %s is no other archive',
  async (name) => {
    expect(await judge(zipOf({ [name]: letter, other: letter }))).toMatchObject({ outcome: 'benign' })
  },
)

it('a uuencoded file that is cut off is unknown, and a text that only speaks of beginning is none', async () => {
  const cut = Buffer.from(uuencoded(letter).slice(0, 100))
  expect(await judge(cut)).toMatchObject({ outcome: 'unknown', unseen: 'damaged' })
  expect(isArchive(Buffer.from('To begin 100 times is no art.\nbegin\nbegin 7 x\n'))).toBe(false)
})

describe('passwords', () => {
  it('are those that the ambassador names, and those that are customary', () => {
    expect(passwordsFor({})).toEqual(['infected', 'malware', 'virus'])
    expect(passwordsFor({ password: 'secret' })).toEqual(['secret', 'infected', 'malware', 'virus'])
    expect(passwordsFor({ passwords: ['a', 'infected', 'b', 'c'] })).toEqual(['a', 'infected', 'b', 'malware', 'virus'])
  })

  it('are few and short, whatever the metadata is', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (password, passwords) => {
        const tried = passwordsFor({ password, passwords })
        expect(tried.length).toBeLessThanOrEqual(6)
        for (const each of tried) expect(each).toMatch(/^[^\0]{1,128}$/s)
      }),
    )
  })
})
