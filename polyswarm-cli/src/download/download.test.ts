import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConsumerService } from '../consumer-service.fixture.ts'
import { runCommand } from '../run-command.fixture.ts'

const CONTENT = 'what is not to be run by a click'
const SHA256 = createHash('sha256').update(CONTENT).digest('hex')

let service: ConsumerService
let directory: string
beforeEach(async () => {
  service = await ConsumerService.start()
  directory = mkdtempSync(join(tmpdir(), 'polyswarm-'))
  const path = join(directory, 'x')
  writeFileSync(path, CONTENT)
  await polyswarm('scan', '-n', path)
  rmSync(path)
})
afterEach(async () => {
  rmSync(directory, { recursive: true })
  await service.stop()
})

const polyswarm = (...words: string[]) => runCommand(['-u', service.url, ...words])
const download = (...words: string[]) => polyswarm('download', '-d', directory, ...words)

interface ZipOptions {
  name?: string
  localName?: string
  encrypted?: boolean
  localEncrypted?: boolean
  files?: number
  directoryAt?: number
}

/** A zip with one member, its records written as they are told; the member's bytes do not matter to the command. */
function zip(options: ZipOptions = {}): Buffer {
  const { name = 'sample', localName = name, encrypted = true, localEncrypted = encrypted, files = 1 } = options
  const local = Buffer.alloc(30)
  local.writeUInt32LE(0x04034b50)
  local.writeUInt16LE(localEncrypted ? 1 : 0, 6)
  local.writeUInt16LE(Buffer.byteLength(localName), 26)
  const member = Buffer.concat([local, Buffer.from(localName), Buffer.from('bytes')])
  const entry = Buffer.alloc(46)
  entry.writeUInt32LE(0x02014b50)
  entry.writeUInt16LE(encrypted ? 1 : 0, 8)
  entry.writeUInt16LE(Buffer.byteLength(name), 28)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50)
  end.writeUInt16LE(files, 10)
  end.writeUInt32LE(options.directoryAt ?? member.length, 16)
  return Buffer.concat([member, entry, Buffer.from(name), end])
}

describe('a download', () => {
  it('is kept as an encrypted zip under the hash that was asked for', async () => {
    service.archive = () => zip()
    const { status, stdout } = await download(SHA256.toUpperCase())
    expect(stdout).toBe(`${join(directory, `${SHA256}.zip`)}\n`)
    expect(readFileSync(stdout.trim())).toEqual(zip())
    expect(status).toBe(0)
  })

  it('is raw where that is asked for, and has the hash', async () => {
    expect((await download('--raw', SHA256)).status).toBe(0)
    expect(readFileSync(join(directory, `${SHA256}.sample`), 'utf8')).toBe(CONTENT)
    expect((await download('--raw', '7001')).status).toBe(0)
  })

  it('replaces nothing unless it is told to', async () => {
    service.archive = () => zip()
    writeFileSync(join(directory, `${SHA256}.zip`), 'mine')
    const { status, stderr } = await download(SHA256)
    expect(stderr).toContain('it is there already; --force replaces it')
    expect(status).toBe(2)
    expect(readFileSync(join(directory, `${SHA256}.zip`), 'utf8')).toBe('mine')
    expect((await download('--force', SHA256)).status).toBe(0)
    expect(readFileSync(join(directory, `${SHA256}.zip`))).toEqual(zip())
  })

  it.each([
    ['no zip', () => Buffer.from('MZ and more'), /it is no zip archive/],
    ['nothing', () => Buffer.alloc(0), /it is no zip archive/],
    ['in the clear', () => zip({ encrypted: false }), /is not encrypted/],
    ['in the clear by one of two headers', () => zip({ localEncrypted: false }), /is not encrypted/],
    ['with a path', () => zip({ name: '../../.bashrc' }), /leads elsewhere/],
    ['with an absolute path', () => zip({ name: '/etc/cron.d/x' }), /leads elsewhere/],
    ['with a path of Windows', () => zip({ name: '..\\x' }), /leads elsewhere/],
    ['with a drive', () => zip({ name: 'C:x' }), /leads elsewhere/],
    ['with two names', () => zip({ name: 'a', localName: '/' }), /two names for one file/],
    ['with a name that turns round', () => zip({ name: '\u202Egpj.exe' }), /what cannot be seen/],
    ['with many files', () => zip({ files: 9 }), /it has 9 files in it/],
    ['cut off', () => zip().subarray(0, -30), /it is no zip archive/],
    ['with its directory elsewhere', () => zip({ directoryAt: 2 ** 32 - 1 }), /its directory is damaged/],
    ['too large', () => Buffer.alloc(5_000), /larger than 4000 bytes/],
  ])('is not kept where it is %s', async (_name, archive, expected) => {
    service.archive = archive
    const { status, stdout, stderr } = await download('--max-size', '4000', SHA256)
    expect(stderr).toMatch(expected)
    expect([status, stdout, readdirSync(directory)]).toEqual([2, '', []])
  })

  it('is not kept where its bytes have another hash, or break off', async () => {
    service.misbehave = (_request, response) => {
      response.end('something else')
      return true
    }
    expect(await download('--raw', SHA256)).toMatchObject({ status: 2 })
    service.misbehave = (_request, response) => {
      response.writeHead(200, { 'content-length': 1_000 })
      response.write('half', () => response.destroy())
      return true
    }
    const { status, stderr } = await download(SHA256)
    expect(stderr).toContain('is not available (it broke off)')
    expect([status, readdirSync(directory)]).toEqual([1, []])
  })

  it('of what is not there, or is no hash, is told in a sentence each', async () => {
    const { status, stderr } = await download('f'.repeat(64), 'nonsense', '')
    expect(stderr.trim().split('\n').length).toBe(3)
    expect(stderr).toContain('nonsense: give an md5, sha1 or sha256')
    expect([1, 2]).toContain(status)
    expect(readdirSync(directory)).toEqual([])
  })
})
