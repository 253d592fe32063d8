import type { Answers } from './answers.js'
import { MARKET_PACKAGES, RUNTIME_PACKAGES, type Tarballs } from './packages.js'

/** What the project is developed with: each is tried together with this version of the packages. */
const TOOLS = { '@types/node': '26.6.6', node: '26.10.0', typescript: '7.0.2' }

/** The package.json of a project. */
export function manifest(
  { name, artifacts, version }: Pick<Answers, 'name' | 'artifacts'> & { version: string },
  tarballs: Tarballs | undefined,
) {
  const dependency = (part: keyof Tarballs) =>
    [`@polyswarm/${part}`, tarballs ? `file:packages/${tarballs[part]}` : version] as const
  // From a registry, npm finds what the packages need of each other by itself.
  const runtime = tarballs ? RUNTIME_PACKAGES : (['participants'] as const)
  const market = tarballs ? MARKET_PACKAGES : (['cli', 'devnet'] as const)
  // The market's own engines judge files.
  const posted = artifacts === 'url' ? ' --urls example-urls.txt --engines 0' : ''
  return {
    name,
    version: '0.1.0',
    private: true,
    type: 'module',
    engines: { node: '>=24' },
    scripts: {
      start: 'microengine --backend src/engine.ts',
      dev: `polyswarm-market --engine ${name}=src/engine.ts --watch --check "npm test" --every 10${posted}`,
      test: 'tsc && node --test "test/**/*.test.ts"',
      check: 'microengine check --backend src/engine.ts',
    },
    dependencies: Object.fromEntries(runtime.map(dependency)),
    devDependencies: Object.fromEntries([...market.map(dependency), ...Object.entries(TOOLS)].sort(byName)),
    // anvil's script looks for a program that its platform package has brought already.
    allowScripts: { node: true, '@foundry-rs/anvil': false },
  }
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1
}
