import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { releaseNotes } from './changelog.ts'
import { packageProblems } from './package-problems.ts'
import { readRoot } from './project.ts'

/** What to publish, and how far to go. */
export interface Publication {
  root: string
  /** Directory for the tarballs. */
  to: string
  /** Whether to stop before anything leaves this machine. */
  isDryRun: boolean
  /** Whether what is built is up to date. */
  isBuilt: boolean
  say: (line: string) => void
}

/**
 * Publishes the version of the project: builds it, packs every workspace, checks each package, publishes them in the order
 * in which they need each other, and tags the commit. Nothing is published before everything is checked.
 *
 * @throws Error naming what is in the way.
 */
export async function publish({ root, to, isDryRun, isBuilt, say }: Publication): Promise<void> {
  const { version, workspaces } = readRoot(root)
  const run = (program: string, ...args: string[]) =>
    execFileSync(program, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  const notes = releaseNotes(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), version)
  if (notes === undefined) {
    throw new Error(
      `CHANGELOG.md says nothing of ${version}: npm run release -- version ${version} gives it a section.`,
    )
  }
  const inTheWay = obstacles(run, version)
  if (!isDryRun && inTheWay.length > 0) throw new Error(inTheWay.join(' '))
  for (const line of inTheWay) say(`in the way of a release: ${line}`)
  if (!isBuilt) {
    // The compiler leaves what it has made of sources that are gone.
    for (const workspace of workspaces) rmSync(join(root, workspace, 'dist'), { recursive: true, force: true })
    run('npm', 'run', 'build')
  }
  mkdirSync(to, { recursive: true })
  const chosen = workspaces.flatMap((workspace) => ['-w', workspace])
  run('npm', 'pack', '--silent', '--ignore-scripts', '--pack-destination', to, ...chosen)
  const tarballs = workspaces.map((workspace) => tarballOf(root, workspace, to))
  const problems: string[] = []
  for (const tarball of tarballs) {
    problems.push(...(await packageProblems(tarball)).map((problem) => `${tarball}: ${problem}`))
  }
  if (problems.length > 0) throw new Error(`The packages cannot be published like this:\n${problems.join('\n')}`)
  const steps = [
    ...tarballs.map((file) => ['npm', 'publish', file, '--access', 'public', '--tag', tagOf(version)]),
    ['git', 'tag', '--annotate', `v${version}`, '--message', notes],
  ]
  for (const [program = '', ...args] of steps) {
    const line = [program, ...args.map((arg) => arg.split('\n')[0])].join(' ')
    say(isDryRun ? `would run: ${line}` : line)
    if (!isDryRun) run(program, ...args)
  }
}

/** What must not be so when something is published. */
function obstacles(run: (program: string, ...args: string[]) => string, version: string): string[] {
  const changed = run('git', 'status', '--porcelain').trim() !== ''
  const tagged = run('git', 'tag', '--list', `v${version}`).trim() !== ''
  return [
    ...(changed ? ['There are changes that are not committed: commit them or put them away.'] : []),
    ...(tagged ? [`v${version} is tagged already: npm run release -- version gives the next one its number.`] : []),
  ]
}

function tarballOf(root: string, workspace: string, to: string): string {
  const { name, version } = JSON.parse(readFileSync(join(root, workspace, 'package.json'), 'utf8')) as {
    name: string
    version: string
  }
  const file = join(to, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)
  if (!existsSync(file)) throw new Error(`npm pack has not made ${file}.`)
  return file
}

/** A version that comes before another is installed only by who asks for it. */
function tagOf(version: string): string {
  return version.includes('-') ? 'next' : 'latest'
}
