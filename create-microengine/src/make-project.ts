import { randomBytes } from 'node:crypto'
import { copyFile, mkdir, readdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Answers } from './answers.js'
import { ScaffoldError } from './errors.js'
import { manifest } from './manifest.js'
import { packagesIn } from './packages.js'

const TEMPLATE = fileURLToPath(new URL('../template/', import.meta.url))

/** What to make, and where. */
export interface ProjectPlan extends Answers {
  /** Where the project is to be: nothing, or an empty directory. */
  directory: string
  /** Version of the packages that it depends on. */
  version: string
  /** Directory of their tarballs, where they are to come from there. */
  packages?: string | undefined
}

/**
 * Makes a project, whole or not at all: it is written beside its place, and moved there when it is complete.
 *
 * @throws ScaffoldError where something is in its place already, or it cannot be written.
 */
export async function makeProject(plan: ProjectPlan): Promise<void> {
  const { directory, packages } = plan
  await expectEmpty(directory)
  const draft = join(dirname(directory), `.${basename(directory)}.${randomBytes(6).toString('hex')}`)
  try {
    const tarballs = packages === undefined ? undefined : await packagesIn(packages, plan.version)
    await mkdir(draft, { recursive: true })
    for (const part of ['all', plan.backend, plan.artifacts]) await writeTemplate(join(TEMPLATE, part), draft, plan)
    await writeFile(join(draft, 'package.json'), `${JSON.stringify(manifest(plan, tarballs), null, 2)}\n`)
    if (tarballs && packages !== undefined) {
      await mkdir(join(draft, 'packages'))
      for (const file of Object.values(tarballs)) await copyFile(join(packages, file), join(draft, 'packages', file))
    }
    // A directory that is empty gives way; one that was filled in the meantime does not.
    await rmdir(directory).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
    await rename(draft, directory)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    if (error instanceof ScaffoldError) throw error
    throw new ScaffoldError(`${directory} cannot be written: ${(error as Error).message}.`, { cause: error })
  }
}

async function expectEmpty(directory: string): Promise<void> {
  try {
    const [first] = await readdir(directory)
    if (first === undefined) return
    throw new ScaffoldError(
      `${directory} is not empty, it holds "${first}": choose a new directory. Nothing was changed.`,
    )
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (error instanceof ScaffoldError) throw error
    if (code !== 'ENOENT') throw new ScaffoldError(`${directory} cannot be used: ${message}.`, { cause: error })
  }
}

/** npm leaves some files out of packages: in the template their names have no dot. */
const DOTTED = ['gitignore', 'dockerignore']

async function writeTemplate(from: string, to: string, plan: ProjectPlan): Promise<void> {
  await mkdir(to, { recursive: true })
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name)
    const target = join(to, DOTTED.includes(entry.name) ? `.${entry.name}` : entry.name)
    if (entry.isDirectory()) {
      await writeTemplate(source, target, plan)
      continue
    }
    const text = fill(await readFile(source, 'utf8'), plan)
    await writeFile(target, text, { mode: (await stat(source)).mode })
  }
}

/**
 * Puts the answers into a template's text. A line with `only:CHOICE` at its end stays only where that was chosen, without
 * the mark.
 */
function fill(template: string, { name, bid, backend, artifacts, packages }: ProjectPlan): string {
  const chosen = [
    backend,
    artifacts,
    bid === 'default' ? 'no-bid' : 'bid',
    packages === undefined ? 'registry' : 'packages',
  ]
  return template
    .split('\n')
    .flatMap((line) => {
      const [, text, condition] = /^(.*?)\s*(?:\/\/|#|<!--)\s*only:([\w,-]+)(?:\s*-->)?$/.exec(line) ?? []
      if (text === undefined || condition === undefined) return [line]
      return condition.split(',').some((choice) => chosen.includes(choice)) ? [text] : []
    })
    .join('\n')
    .replaceAll('my-engine', name)
    .replaceAll('chosen-strategy', bid)
    .replaceAll('chosen-artifacts', artifacts)
}
