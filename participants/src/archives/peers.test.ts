import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eicarTestFile } from '../artifacts/eicar.ts'
import { ARCHIVE_LIMITS } from './archive-limits.ts'
import { passwordsFor } from './passwords.ts'
import { readArchive } from './read-archive.ts'

/**
 * Archives that the system's programs make, in many ways, are opened as far as these programs open them. A program that is
 * not there leaves its part out, and fails it where CI is set.
 */
const has = (program: string): boolean =>
  (process.env.PATH ?? '').split(':').some((directory) => statSync(join(directory, program), { throwIfNoEntry: false }))
const sevenZip = ['7zz', '7z'].find(has) ?? '7z'

let root: string
let files: string

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'peers-'))
  files = join(root, 'files')
  mkdirSync(join(files, 'sub', 'deep'), { recursive: true })
  writeFileSync(join(files, 'a.txt'), 'a letter '.repeat(300))
  writeFileSync(join(files, 'sub', 'eicar.com'), Buffer.concat([eicarTestFile(), Buffer.alloc(4_000, ' ')]))
  writeFileSync(join(files, 'sub', 'deep', `${'n'.repeat(90)}.bin`), randomBytes(20_000))
  const holes = Buffer.alloc(300_000)
  holes.write('in the middle of nothing', 150_000)
  writeFileSync(join(files, 'holes'), holes)
})
afterAll(() => rmSync(root, { recursive: true }))

const sha = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex')

/** The files below a directory, by their hash. */
function hashesBelow(directory: string): Map<string, string> {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const contents = entries.map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name))] as const)
  return new Map(contents.filter(([, content]) => content.length > 0).map(([name, content]) => [sha(content), name]))
}

function shell(command: string): void {
  const env = { ...process.env, OUT: join(root, 'out'), SEVEN: sevenZip }
  execFileSync('bash', ['-ec', command], { cwd: files, stdio: 'pipe', env })
}

/** What a peer gets out of the archive. */
function extractedBy(peer: string): Map<string, string> {
  const directory = mkdtempSync(join(root, 'extracted-'))
  const commands: Record<string, string> = {
    bsdtar: `bsdtar -xf $OUT -C ${directory} --passphrase infected`,
    '7z': `$SEVEN x -y -pinfected -o${directory} $OUT`,
    cat: `cp -r ${files}/. ${directory}`,
  }
  shell(commands[peer] ?? '')
  return hashesBelow(directory)
}

async function reached(): Promise<{ hashes: Set<string>; unread: string[] }> {
  const hashes = new Set<string>()
  const unread: string[] = []
  const archive = readFileSync(join(root, 'out'))
  for await (const { path, content, unreadable } of readArchive(archive, ARCHIVE_LIMITS, passwordsFor({}))) {
    if (content) hashes.add(sha(content))
    else unread.push(`${path}: ${unreadable}`)
  }
  return { hashes, unread }
}

type Maker = [program: string, peer: 'bsdtar' | '7z' | 'cat', command: string]

const zip = [
  '-0',
  '-1',
  '-9',
  '-Z bzip2',
  '-fz',
  '-X',
  '-P infected',
  '-0 -P infected',
  '-fz -P infected',
  '-z <<< comment',
]
const tar = ['v7', 'oldgnu', 'gnu', 'ustar', 'posix']
const packing = ['-z', '-j', '-J', '--zstd', '--lzma', '-Z']
const sevenZipMethods = ['LZMA', 'LZMA2', 'PPMd', 'BZip2', 'Deflate', 'Deflate64', 'Copy', 'Delta:4', 'BCJ']
const zipMethods = ['Copy', 'Deflate', 'Deflate64', 'BZip2', 'LZMA', 'PPMd', 'XZ']

const makers: Maker[] = [
  ...zip.map(
    (options): Maker => [
      'zip',
      'cat',
      `zip -qr ${options.split(' <')[0]} $OUT.zip . ${options.includes('<') ? '<<< comment' : ''}`,
    ],
  ),
  ['zip', 'cat', 'zip -qr - . | cat > $OUT'],
  ['zip', '7z', 'cat sub/eicar.com | zip -q | cat > $OUT'],
  [
    'zip',
    'cat',
    'zip -qr $OUT.zip . && (printf GIF89a; head -c 1000 /dev/urandom; cat $OUT.zip) > $OUT.x && mv $OUT.x $OUT.zip',
  ],
  [
    'zip',
    'cat',
    'zip -qr $OUT.zip . && (echo "#!/bin/sh"; cat $OUT.zip) > $OUT.x && zip -qA $OUT.x && mv $OUT.x $OUT.zip',
  ],
  ['zip', 'cat', 'zip -qr $OUT.zip . && head -c 100000 /dev/zero >> $OUT.zip'],
  [
    'zip',
    'cat',
    'zip -q $OUT.zip a.txt holes && (cd sub && zip -qr $OUT.y.zip .) && cat $OUT.y.zip >> $OUT.zip && rm $OUT.y.zip',
  ],
  ...sevenZipMethods.map((method): Maker => [sevenZip, '7z', `$SEVEN a -t7z -m0=${method} $OUT.7z .`]),
  ...['-ms=off', '-mhc=off', '-pinfected', '-pinfected -mhe=on', '-pmalware', '-pvirus -mhe'].map(
    (options): Maker => [sevenZip, 'cat', `$SEVEN a -t7z ${options} $OUT.7z .`],
  ),
  ...zipMethods.flatMap((method): Maker[] =>
    ['', '-pinfected -mem=ZipCrypto', '-pinfected -mem=AES128', '-pinfected -mem=AES256'].map((options) => [
      sevenZip,
      '7z',
      `$SEVEN a -tzip -mm=${method} ${options} $OUT.zip .`,
    ]),
  ),
  [sevenZip, 'cat', '$SEVEN a -twim $OUT.wim .'],
  [
    sevenZip,
    '7z',
    '$SEVEN a -t7z $OUT.7z . && (printf MZ; head -c 70000 /dev/urandom; cat $OUT.7z) > $OUT.x && mv $OUT.x $OUT.7z',
  ],
  ...tar.flatMap((format): Maker[] => [
    ['tar', 'cat', `tar -c --format=${format} -f $OUT ${format === 'v7' ? 'a.txt holes sub/eicar.com' : '.'}`],
    ...packing.map((flag): Maker => ['tar', 'bsdtar', `tar -c ${flag} --format=${format} -f $OUT a.txt sub/eicar.com`]),
  ]),
  ...['', '--sparse-version=0.0', '--sparse-version=0.1', '--sparse-version=1.0'].map(
    (version): Maker => [
      'tar',
      'cat',
      `cp --sparse=always holes $OUT.h && tar -c -S --format=${version ? 'posix' : 'gnu'} ${version} -f $OUT .; rm $OUT.h`,
    ],
  ),
  ...['zip', '7zip', 'newc', 'odc', 'pax', 'gnutar', 'iso9660', 'xar'].map(
    (format): Maker => ['bsdtar', 'bsdtar', `bsdtar -c --format=${format} -f $OUT .`],
  ),
  ...['zip:compression=store', 'zip:encryption=zipcrypt', 'zip:encryption=aes128', 'zip:encryption=aes256'].map(
    (option): Maker => [
      'bsdtar',
      'bsdtar',
      `bsdtar -c --format=zip --options ${option} --passphrase infected -f $OUT .`,
    ],
  ),
  ...['bin', 'odc', 'newc', 'crc', 'tar', 'ustar'].map(
    (format): Maker => ['cpio', 'bsdtar', `find a.txt sub/eicar.com | cpio -o --quiet -H ${format} > $OUT`],
  ),
  ['ar', '7z', 'ar rc $OUT.a a.txt holes sub/eicar.com'],
  ...['', '-J -R', '-udf -J'].map(
    (options): Maker => ['genisoimage', '7z', `genisoimage -quiet ${options} -o $OUT . 2>&1`],
  ),
  ...['', '-z'].map((options): Maker => ['gcab', '7z', `gcab -c ${options} $OUT.cab a.txt holes sub/eicar.com`]),
]

describe('an archive that the system makes', () => {
  it.each(makers)('by %s is opened as far as %s does: %s', { timeout: 180_000 }, async (program, peer, command) => {
    if (!has(program) || (peer !== 'cat' && !has(peer === '7z' ? sevenZip : peer))) {
      expect(process.env.CI, `${program} or ${peer} is missing`).not.toBe('true')
      return
    }
    rmSync(join(root, 'out'), { force: true })
    const named = /\$OUT(\.\w+)/.exec(command)?.[1]
    // Programs add the ending that they know.
    shell(
      named === undefined || named === '.h'
        ? command
        : `rm -f $OUT${named}; ${command} > /dev/null; mv $OUT${named} $OUT`,
    )
    const { hashes, unread } = await reached()
    const wanted = extractedBy(peer)
    if (command.includes('a.txt')) {
      for (const [hash, name] of wanted) if (peer === 'cat' && !command.includes(name)) wanted.delete(hash)
    }
    expect(wanted.size).toBeGreaterThan(0)
    const missing = [...wanted].filter(([hash]) => !hashes.has(hash)).map(([, name]) => name)
    // libarchive and 7-Zip have different ideas of where a xar ends.
    expect({ missing, unread }).toEqual({ missing: [], unread: command.includes('xar') ? unread : [] })
  })

  it.each([
    ['gzip', 'gzip -n < sub/eicar.com > $OUT'],
    ['bzip2', 'bzip2 < sub/eicar.com > $OUT'],
    ['xz', 'xz < sub/eicar.com > $OUT'],
    ['xz', 'xz --format=lzma < sub/eicar.com > $OUT'],
    ['xz', 'xz --x86 --lzma2=preset=9e -C sha256 < sub/eicar.com > $OUT'],
    ['zstd', 'zstd -q -19 < sub/eicar.com > $OUT'],
    ['compress', 'compress -c sub/eicar.com > $OUT'],
    ['gzip', '(gzip -n < a.txt; gzip -n < sub/eicar.com) > $OUT'],
    ['xz', '(xz < a.txt; xz < sub/eicar.com) > $OUT'],
    ['bzip2', '(bzip2 < a.txt; bzip2 < sub/eicar.com) > $OUT'],
  ])('of one file, by %s, is unpacked: %s', async (program, command) => {
    if (!has(program)) {
      expect(process.env.CI, `${program} is missing`).not.toBe('true')
      return
    }
    shell(command)
    const { unread } = await reached()
    expect(unread).toEqual([])
    const found: Uint8Array[] = []
    for await (const { content } of readArchive(readFileSync(join(root, 'out')), ARCHIVE_LIMITS)) {
      if (content) found.push(content)
    }
    expect(found.some((content) => Buffer.from(content).includes(Buffer.from(eicarTestFile())))).toBe(true)
  })
})
