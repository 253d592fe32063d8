// forge, with the exit code that it ends with.
//
//   node scripts/forge.js test --match-path 'test/bounty/*'
//
// The command that npm installs for forge starts the program for this platform and does not pass its exit code on: through
// it a failing test looks like a passing one. This starts the same program.
import { spawnSync } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const ARCHITECTURES = { x64: 'amd64', arm64: 'arm64' }

/**
 * Runs forge in this workspace and returns its exit code.
 *
 * @param {string[]} args what to do, as on the command line
 * @param {Record<string, string>} [settings] environment variables besides those of this process
 * @returns {number} 0 if all went well
 */
export function forge(args, settings = {}) {
  const platform = `${process.platform}-${ARCHITECTURES[process.arch]}`
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const installed = createRequire(createRequire(import.meta.url).resolve('@foundry-rs/forge/package.json'))
  const program = installed.resolve(`@foundry-rs/forge-${platform}/bin/forge${suffix}`)
  const { status, error } = spawnSync(program, args, {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: { ...process.env, ...settings },
    stdio: 'inherit',
  })
  if (error) throw error
  return status ?? 1
}

if (realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) process.exitCode = forge(process.argv.slice(2))
