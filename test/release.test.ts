import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { headChangelog, releaseNotes } from '../release/changelog.ts'
import { packageProblems } from '../release/package-problems.ts'
import { readRoot } from '../release/project.ts'
import { isVersion, stamped } from '../release/version-stamp.ts'
import { ROOT } from './support/markdown.ts'

const run = promisify(execFile)
const { workspaces, version } = readRoot(ROOT)

let folder: string
const release = (cwd: string, ...args: string[]) =>
  run(process.execPath, [join(ROOT, 'release/release.ts'), ...args], { cwd, maxBuffer: 64 * 1024 ** 2 })

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'release-'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a dry run', () => {
  let packages: string
  let said: string[]

  beforeAll(async () => {
    packages = join(folder, 'packages')
    const { stdout } = await release(ROOT, 'publish', '--dry-run', '--built', '--to', packages)
    said = stdout.trim().split('\n')
  })

  it('would publish every package after those that it needs, and tag the commit last', () => {
    const steps = said.filter((line) => line.startsWith('would run: '))
    expect(steps.at(-1)).toContain(`git tag --annotate v${version}`)
    const published = steps.slice(0, -1).map((line) => /npm publish \S+\/(\S+)-\d\S*\.tgz/.exec(line)?.[1])
    const manifests = workspaces.map((workspace) =>
      JSON.parse(readFileSync(join(ROOT, workspace, 'package.json'), 'utf8')),
    )
    const tarballName = (name: string) => name.replace('@', '').replace('/', '-')
    expect(published).toEqual(manifests.map(({ name }) => tarballName(name)))
    for (const { name, dependencies = {} } of manifests) {
      for (const needed of Object.keys(dependencies).filter((each) => each.startsWith('@polyswarm/'))) {
        expect(published.indexOf(tarballName(needed)), `${needed} before ${name}`).toBeLessThan(
          published.indexOf(tarballName(name)),
        )
      }
    }
    expect(said.at(-1)).toContain('could be published')
  })

  it('leaves packages with types, README and licence, and nothing of tests, tools and sources', async () => {
    const licence = readFileSync(join(ROOT, 'LICENSE'), 'utf8')
    const files = readdirSync(packages)
    expect(files).toHaveLength(workspaces.length)
    for (const file of files) {
      const { stdout } = await run('tar', ['tzf', join(packages, file)])
      const inside = stdout
        .trim()
        .split('\n')
        .map((path) => path.replace('package/', ''))
      expect(inside, file).toEqual(expect.arrayContaining(['package.json', 'README.md', 'LICENSE']))
      const unusual = inside.filter((path) => !/^(package\.json|README\.md|LICENSE|dist\/.*\.(d\.ts|js))$/.test(path))
      expect(unusual.filter((path) => !EXPECTED.some((pattern) => pattern.test(`${file}:${path}`)))).toEqual([])
      expect(inside.filter((path) => /^dist\/.*\.(test|fixture)\./.test(path))).toEqual([])
      const typed = inside.filter((path) => /^dist\/.*\.js$/.test(path) && !/^dist\/(page|bin)\//.test(path))
      for (const path of typed) expect(inside, file).toContain(path.replace(/\.js$/, '.d.ts'))
      expect((await run('tar', ['xzOf', join(packages, file), 'package/LICENSE'])).stdout).toBe(licence)
    }
  })
})

/** What a package has besides JavaScript and its types. */
const EXPECTED = [
  /polyswarm-contracts-.*:src\/.*\.sol$/,
  /polyswarm-participants-.*:rules\/.*\.yar$/,
  /polyswarm-create-microengine-.*:template\//,
  /polyswarm-dashboard-.*:dist\/page\//,
]

it('notices packages that cannot be imported as they say', async () => {
  const broken = join(folder, 'broken')
  mkdirSync(join(broken, 'dist'), { recursive: true })
  const exports = { '.': { default: './dist/index.js', types: './dist/gone.d.ts' } }
  writeFileSync(
    join(broken, 'package.json'),
    JSON.stringify({ name: 'broken', version: '1.0.0', type: 'module', exports }),
  )
  writeFileSync(join(broken, 'dist/index.js'), 'export const one = 1\n')
  await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: broken })
  const problems = await packageProblems(join(folder, 'broken-1.0.0.tgz'))
  expect(problems.join('\n')).toMatch(/publint: .*types/)
  expect(problems.join('\n')).toContain('types: ')
})

describe('a new version', () => {
  it('is written into every manifest, the lock file and the changelog', async () => {
    const copy = join(folder, 'copy')
    for (const file of ['package.json', 'package-lock.json', ...workspaces.map((name) => `${name}/package.json`)]) {
      mkdirSync(dirname(join(copy, file)), { recursive: true })
      cpSync(join(ROOT, file), join(copy, file))
    }
    writeFileSync(join(copy, 'CHANGELOG.md'), '# Changelog\n\n## Unreleased\n\n- Something new.\n')
    await release(copy, 'version', '9.8.7')
    for (const file of ['package.json', ...workspaces.map((name) => `${name}/package.json`)]) {
      const { version: written, dependencies = {} } = JSON.parse(readFileSync(join(copy, file), 'utf8'))
      expect(written, file).toBe('9.8.7')
      for (const [name, range] of Object.entries(dependencies)) {
        if (name.startsWith('@polyswarm/')) expect(range).toBe('9.8.7')
      }
    }
    const lock = JSON.parse(readFileSync(join(copy, 'package-lock.json'), 'utf8'))
    expect(lock.packages['']).toMatchObject({ version: '9.8.7' })
    expect(lock.packages.devnet.dependencies['@polyswarm/participants']).toBe('9.8.7')
    const before = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'))
    expect(lock.packages['node_modules/viem']).toEqual(before.packages['node_modules/viem'])
    expect(releaseNotes(readFileSync(join(copy, 'CHANGELOG.md'), 'utf8'), '9.8.7')).toBe('- Something new.')
    await expect(release(copy, 'version', '9.8.8')).rejects.toThrow('has nothing under')
    await expect(release(copy, 'version', 'v10')).rejects.toThrow('is no version')
  })

  it.each(['1.2', 'v1.2.3', '01.2.3', '1.2.3-', '1.2.3 '])('cannot be %j', (text) => {
    expect(isVersion(text)).toBe(false)
  })

  it('changes nothing that others publish', () => {
    const manifest = { version: '0.1.0', dependencies: { '@polyswarm/protocol': '0.1.0', viem: '2.0.0' } }
    expect(stamped(manifest, '0.2.0')).toEqual({
      version: '0.2.0',
      dependencies: { '@polyswarm/protocol': '0.2.0', viem: '2.0.0' },
    })
    expect(manifest.version).toBe('0.1.0')
  })
})

it('a changelog without anything new is not given a heading', () => {
  expect(() =>
    headChangelog('# Changelog\n\n## Unreleased\n\n## 0.1.0 (2026-01-01)\n\nFirst.\n', '0.2.0', '2026-02-02'),
  ).toThrow('say there what has changed')
  expect(releaseNotes('## 0.1.0-rc.1 (2026-01-01)\n\nEarly.\n', '0.1.0')).toBeUndefined()
})
