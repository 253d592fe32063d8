import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { headChangelog } from './changelog.ts'
import { readRoot, stampProject } from './project.ts'
import { publish } from './publication.ts'
import { isVersion } from './version-stamp.ts'

const root = process.cwd()
const say = (line: string) => void process.stdout.write(`${line}\n`)

const program = new Command('release').description('Gives all packages a version, and publishes them')

program
  .command('version <version>')
  .description('write a version into every package and the lock file, and give what is unreleased its heading')
  .action((version: string) => {
    if (!isVersion(version)) throw new Error(`"${version}" is no version: give one such as 1.2.3 or 1.2.3-rc.1.`)
    const file = join(root, 'CHANGELOG.md')
    const changelog = headChangelog(readFileSync(file, 'utf8'), version, new Date().toISOString().slice(0, 10))
    const before = readRoot(root).version
    stampProject(root, version)
    writeFileSync(file, changelog)
    say(`${before} → ${version}. Look at it, commit it, then: npm run release -- publish --dry-run`)
  })

program
  .command('publish')
  .description('build, pack and check every package, publish them in order, and tag the commit')
  .option('--dry-run', 'do all but the publishing and the tag, and say what would be run', false)
  .option('--built', 'take what is built already', false)
  .option('--to <directory>', 'where the tarballs go; a new directory by default')
  .action(async ({ dryRun, built, to }: { dryRun: boolean; built: boolean; to?: string }) => {
    const directory = to === undefined ? mkdtempSync(join(tmpdir(), 'release-')) : resolve(to)
    await publish({ root, to: directory, isDryRun: dryRun, isBuilt: built, say })
    say(`${readRoot(root).version} ${dryRun ? 'could be published' : 'is published'}; the tarballs are in ${directory}`)
  })

try {
  await program.parseAsync()
} catch (error) {
  process.stderr.write(`release: ${(error as Error).message}\n`)
  process.exitCode = 1
}
