import { InvalidSettingError } from './errors.js'

/** Options that npm has itself: who has set them may have meant npm. */
const OF_NPM = ['--json']

/**
 * Sees to it that npm has not kept an option for itself: `npm start --once` starts a market without it.
 *
 * @param flags the options of this program, such as `--once`.
 * @param env what npm has put into the environment.
 * @throws InvalidSettingError saying how to write it.
 */
export function refuseOptionsKeptByNpm(flags: readonly string[], env: NodeJS.ProcessEnv): void {
  const script = env.npm_lifecycle_event
  if (script === undefined) return
  const kept = flags.find(
    (flag) => !OF_NPM.includes(flag) && env[`npm_config_${flag.slice(2).replaceAll('-', '_')}`] !== undefined,
  )
  if (kept === undefined) return
  const command = script === 'start' ? 'npm start' : `npm run ${script}`
  throw new InvalidSettingError({
    setting: kept,
    value: 'kept by npm',
    expected: `it behind two dashes: ${command} -- ${kept}`,
  })
}
