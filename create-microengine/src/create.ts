import { readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { parseArgs } from 'node:util'
import { type Answers, BACKENDS, BIDS, checkChoice, checkName } from './answers.js'
import { interviewer } from './ask.js'
import { ScaffoldError } from './errors.js'
import { makeProject } from './make-project.js'

const USAGE = `Usage: npm create @polyswarm/microengine [DIRECTORY] [-- OPTIONS]

Makes a project for a microengine of your own. What no option says is asked.

  --name NAME       name of the engine; that of the directory by default
  --backend KIND    what scans: ${Object.keys(BACKENDS).join(', ')}
  --bid STRATEGY    how it bids: ${Object.keys(BIDS).join(', ')}
  --yes             ask nothing: what no option says is my-engine, function, default
  --packages DIR    take the @polyswarm packages from tarballs in this directory
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
    ...(values.bid !== undefined && { bid: checkChoice('--bid', BIDS, values.bid) }),
  }
  const answers = values.yes
    ? { name: known.name ?? checkName(standard), backend: known.backend ?? 'function', bid: known.bid ?? 'default' }
    : await askFor(known, standard, terminal)
  const directory = resolve(given ?? answers.name)
  const packages = values.packages === undefined ? undefined : resolve(values.packages)
  await makeProject({ ...answers, directory, version: ownVersion(), packages })
  terminal.output.write(
    `${directory} is ready. What next:\n\n` +
      `  cd ${given ?? answers.name}\n  npm install\n  npm test\n  npm run dev      a market on this machine, with your engine in it\n`,
  )
}

function readFlags(args: readonly string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  const options = { name: text, backend: text, bid: text, packages: text, yes: { ...flag, short: 'y' }, help: flag }
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

async function askFor(known: Partial<Answers>, standard: string, { input, output }: Terminal): Promise<Answers> {
  const { name, backend, bid } = known
  if (name !== undefined && backend !== undefined && bid !== undefined) return { name, backend, bid }
  if (!input.isTTY || !output.isTTY) {
    const missing = (['name', 'backend', 'bid'] as const).filter((key) => known[key] === undefined)
    throw new ScaffoldError(
      `There is no terminal to ask on: give ${missing.map((key) => `--${key}`).join(', ')}, or --yes for the defaults.`,
    )
  }
  const person = interviewer(input, output)
  try {
    return {
      name: name ?? (await person.text('What is the name of your engine?', standard, checkName)),
      backend:
        backend ??
        (await person.choice('What scans?', BACKENDS, (answer) => checkChoice('The answer', BACKENDS, answer))),
      bid: bid ?? (await person.choice('How does it bid?', BIDS, (answer) => checkChoice('The answer', BIDS, answer))),
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
