import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eicarTestFile } from '../../participants/dist/artifacts/eicar.js'

const COMMANDS = [
  'zip -qr $OUT.zip .',
  'zip -qr -0 $OUT.zip .',
  'zip -qr -P infected $OUT.zip .',
  'zip -qr - . | cat > $OUT.zip',
  'zip -qr $OUT.zip . && (printf MZ; head -c 500 /dev/zero; cat $OUT.zip) > $OUT.x && mv $OUT.x $OUT.zip',
  '$SEVEN a -tzip -mm=LZMA $OUT.zip .',
  '$SEVEN a -tzip -pinfected -mem=AES256 $OUT.zip .',
  '$SEVEN a -t7z $OUT.7z .',
  '$SEVEN a -t7z -m0=PPMd -pinfected -mhe $OUT.7z .',
  ...['v7', 'gnu', 'posix'].map((format) => `tar -c --format=${format} -f $OUT.tar .`),
  ...['-z', '-j', '-J', '--zstd'].map((flag) => `tar -c ${flag} -f $OUT.tar .`),
  ...['newc', 'odc', 'iso9660', 'xar'].map((format) => `bsdtar -c --format=${format} -f $OUT.any .`),
  'gcab -c -z $OUT.cab eicar.com a.txt',
  'ar rc $OUT.a eicar.com a.txt',
]

/** Archives with the test file in them, made by those of the system's programs that are there, by their command. */
export function sampleArchives(directory: string, sevenZip: string): Map<string, Buffer> {
  const files = join(directory, 'files')
  mkdirSync(files)
  writeFileSync(join(files, 'a.txt'), 'a letter '.repeat(60))
  writeFileSync(join(files, 'eicar.com'), Buffer.concat([eicarTestFile(), Buffer.alloc(1_000, ' ')]))
  const made = new Map<string, Buffer>()
  for (const command of COMMANDS) {
    const env = { ...process.env, OUT: join(directory, 'out'), SEVEN: sevenZip }
    try {
      execFileSync('bash', ['-ec', command], { cwd: files, env, stdio: 'ignore' })
    } catch {
      process.stderr.write(`left out: ${command}\n`)
    }
    for (const name of readdirSync(directory).filter((entry) => entry.startsWith('out'))) {
      if (existsSync(join(directory, name))) made.set(command, readFileSync(join(directory, name)))
      rmSync(join(directory, name))
    }
  }
  return made
}
