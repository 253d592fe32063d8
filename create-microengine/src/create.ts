import { readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Answers, ARTIFACTS, BACKENDS, BIDS, checkChoice, checkName, checkTogether } from './answers.js'
import { interviewer } from './ask.js'
import { ScaffoldError } from './errors.js'
import { makeProject } from './make-project.js'
import { packagesBeside } from './packages.js'

const USAGE = `Usage: npm create @polyswarm/microengine [DIRECTORY] [-- OPTIONS]

Makes a project for a microengine of your own. Name, backend and artifacts are asked where no option says them.

  --name NAME       name of the engine; that of the directory by default
  --backend KIND    what scans: ${Object.keys(BACKENDS).join(', ')}
  --artifacts TYPE  what it judges: ${Object.keys(ARTIFACTS).join(', ')}; with the backend yara always file
  --bid STRATEGY    how it bids: ${Object.keys(BIDS).join(', ')}; default where it is not given
  --yes             ask nothing: what no option says is my-engine, function, file
  --packages DIR    take the @polyswarm packages from tarballs in this directory; by default from those beside the
                    one that this program is from, or from the registry
  --help            show this
`

/** Where a person is asked, and where it is told what happens. */
export interface Terminal {
  input: Readable & { isTTY?: boolean }
  output: Writable & { isTTY?: boolean }
}

/**
 * The program: makes a project as the command line says, and asks for what it does not say.
 *
 * @throws ScaffoldError where it cannot; then nothing was written.
 */
export async function create(args: readonly string[], terminal: Terminal): Promise<void> {
  const { values, directory: given } = readFlags(args)
  if (values.help) {
    terminal.output.write(USAGE)
    return
  }
  const standard = given === undefined ? 'my-engine' : basename(resolve(given))
  const known: Partial<Answers> = {
    ...(values.name !== undefined && { name: checkName(values.name) }),
    ...(values.backend !== undefined && { backend: checkChoice('--backend', BACKENDS, values.backend) }),
    ...(values.artifacts !== undefined && { artifacts: checkChoice('--artifacts', ARTIFACTS, values.artifacts) }),
    ...(values.bid !== undefined && { bid: checkChoice('--bid', BIDS, values.bid) }),
  }
  checkTogether(known)
  const { bid = 'default' } = known
  const answers = values.yes
    ? ({ artifacts: 'file', backend: 'function', ...known, name: known.name ?? checkName(standard), bid } as const)
    : { ...(await askFor(known, standard, terminal)), bid }
  const directory = resolve(given ?? answers.name)
  const version = ownVersion()
  const packages =
    values.packages === undefined
      ? await packagesBeside(fileURLToPath(import.meta.url), version)
      : resolve(values.packages)
  await makeProject({ ...answers, directory, version, packages })
  terminal.output.write(
    `${directory} is ready. What next:\n\n` +
      `  cd ${given ?? answers.name}\n  npm install\n  npm test\n  npm run dev      a market on this machine, with your engine in it\n` +
      (packages === undefined
        ? '\nnpm takes the @polyswarm packages from its registry. Where that has none, make this again with --packages DIR.\n'
        : `\nIt holds the @polyswarm packages of ${packages}.\n`),
  )
}

function readFlags(args: readonly string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  const options = {
    name: text,
    backend: text,
    artifacts: text,
    bid: text,
    packages: text,
    yes: { ...flag, short: 'y' },
    help: flag,
  }
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
    const [directory, more] = positionals
    if (more !== undefined) throw new ScaffoldError(`"${more}" is one directory too many.`)
    return { values, directory }
  } catch (error) {
    if (error instanceof ScaffoldError) throw error
    throw new ScaffoldError(`${(error as Error).message.split('\n')[0]} (--help shows what can be given)`)
  }
}

/** What a backend leaves no choice about. */
function artifactsOf(backend: Answers['backend'] | undefined): Answers['artifacts'] | undefined {
  return backend === 'yara' ? 'file' : undefined
}

type Asked = Omit<Answers, 'bid'>

async function askFor(known: Partial<Asked>, standard: string, { input, output }: Terminal): Promise<Asked> {
  const { name, backend } = known
  const artifacts = known.artifacts ?? artifactsOf(backend)
  if (name !== undefined && backend !== undefined && artifacts !== undefined) return { name, backend, artifacts }
  if (!input.isTTY || !output.isTTY) {
    const missing = Object.entries({ name, backend, artifacts }).flatMap(([key, value]) =>
      value === undefined ? [key] : [],
    )
    throw new ScaffoldError(
      `There is no terminal to ask on: give ${missing.map((key) => `--${key}`).join(', ')}, or --yes for the defaults.`,
    )
  }
  const person = interviewer(input, output)
  try {
    const asked = name ?? (await person.text('What is the name of your engine?', standard, checkName))
    const scans =
      backend ??
      (await person.choice('What scans?', BACKENDS, (answer) => {
        const chosen = checkChoice('The answer', BACKENDS, answer)
        checkTogether({ backend: chosen, artifacts })
        return chosen
      }))
    const judges = (answer: string) => checkChoice('The answer', ARTIFACTS, answer)
    const settled = artifacts ?? artifactsOf(scans)
    return {
      name: asked,
      backend: scans,
      artifacts: settled ?? (await person.choice('What does it judge?', ARTIFACTS, judges)),
    }
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw new ScaffoldError('Nothing was made.')
    throw error
  } finally {
    person.close()
  }
}

/** The packages of one release have one version. */
function ownVersion(): string {
  const own = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
  return own.version
}
