import { ScaffoldError } from './errors.js'

/** What scans, with what the question says of it. */
export const BACKENDS = {
  function: 'a function in TypeScript',
  command: 'any program, in any language',
  http: 'a service that answers over HTTP',
  yara: 'YARA rules, on files only',
} as const

/** What is judged, with what the question says of it. */
export const ARTIFACTS = {
  file: 'files',
  url: 'URLs',
} as const

/** How verdicts become bids. */
export const BIDS = {
  default: 'in proportion to confidence',
  conservative: 'little, until it is sure',
  aggressive: 'much',
  growth: 'what makes the balance grow fastest, nothing where that is nothing',
} as const

/** What an author decides at the start. */
export interface Answers {
  /** Name of the engine and of its package. */
  name: string
  backend: keyof typeof BACKENDS
  artifacts: keyof typeof ARTIFACTS
  bid: keyof typeof BIDS
}

/** Names that mean another program or account in a market, or that npm does not take. */
const TAKEN = [
  'ambassador',
  'arbiter',
  'chain',
  'deployer',
  'guest',
  'microengine',
  'polyswarmd',
  'eicar',
  'yara',
  'contrarian',
  'node_modules',
]

/** @throws ScaffoldError saying what a name may be. It becomes that of a folder, a package, an account and an image. */
export function checkName(name: string): string {
  if (!/^[a-z0-9][a-z0-9_-]{0,39}$/.test(name)) {
    throw new ScaffoldError(
      `"${name.slice(0, 60)}" cannot be the name of an engine: take small letters, digits, - and _, at most 40.`,
    )
  }
  if (TAKEN.includes(name)) throw new ScaffoldError(`"${name}" is the name of something else: choose another.`)
  return name
}

/** @throws ScaffoldError naming what can be chosen. */
export function checkChoice<Choice extends string>(
  flag: string,
  choices: Record<Choice, string>,
  value: string,
): Choice {
  if (Object.hasOwn(choices, value)) return value as Choice
  throw new ScaffoldError(`${flag} is "${value.slice(0, 60)}": choose from ${Object.keys(choices).join(', ')}.`)
}

/** @throws ScaffoldError where a backend cannot judge such artifacts. */
export function checkTogether(chosen: {
  backend?: Answers['backend'] | undefined
  artifacts?: Answers['artifacts'] | undefined
}): void {
  if (chosen.backend !== 'yara' || chosen.artifacts !== 'url') return
  throw new ScaffoldError('YARA rules judge files: for URLs choose another backend.')
}
