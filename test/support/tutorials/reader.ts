import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { type CommandBlock, type PageBlock, pageBlocks, type ScreenBlock } from './page-blocks.ts'
import { isShown } from './shown-output.ts'

/** How long a reader waits for what a page promises, in milliseconds: it ends what hangs, and measures nothing. */
const PATIENCE = 240_000

/** Milliseconds after which what Ctrl-C did not end is ended. */
const GRACE = 10_000

/** What stands in a page, and what is typed and expected instead: ports that are free, say. */
export type Instead = readonly [RegExp | string, string]

/** What is different where a page is read. */
export interface Circumstances {
  instead?: readonly Instead[]
  /** Lines that programs print only where they take long; they are passed over. */
  onlyWhereSlow?: RegExp
  /** Variables of the environment besides. */
  env?: Readonly<Record<string, string>>
  /** Whether the reader may write to /etc/hosts: to a copy that only what the reader starts can see. Needs `unshare`. */
  ownHosts?: boolean
}

/** A terminal in which a command goes on running. */
interface Terminal {
  child: ChildProcess
  output: () => string
  at: string
}

/**
 * Reads tutorials as a person does who follows them to the letter: saves the files, types the commands in their order, and
 * compares what comes with what the page shows. Directory and exported variables last from block to block of a page.
 */
export class Reader {
  readonly directory = mkdtempSync(join(tmpdir(), 'reader-'))
  readonly #home: string
  readonly #circumstances: Circumstances
  readonly #goingOn: Terminal[] = []

  constructor(circumstances: Circumstances = {}) {
    this.#circumstances = circumstances
    this.#home = mkdtempSync(join(tmpdir(), 'home-'))
    if (!circumstances.ownHosts) return
    copyFileSync('/etc/hosts', join(this.#home, 'hosts'))
    // The reader has all rights on that copy already.
    mkdirSync(join(this.#home, 'bin'))
    writeFileSync(join(this.#home, 'bin', 'sudo'), '#!/bin/sh\nexec "$@"\n', { mode: 0o755 })
  }

  /**
   * Reads a page to its end, and presses Ctrl-C in the terminals in which something runs.
   *
   * @param from directory in which the reader sits down, below that of the reader.
   * @param goesOn whether what runs is left running, for the pages to come.
   * @param running called once the first command that goes on running has printed what the page shows.
   * @throws Error that names the page and line of a block that does not do what it says, with what was printed.
   */
  async read(path: string, from = '.', { goesOn = false, running = () => {} } = {}): Promise<void> {
    const state = join(mkdtempSync(join(this.#home, 'page-')), 'state')
    const start = join(this.directory, from)
    mkdirSync(start, { recursive: true })
    writeFileSync(state, `cd '${start}'\n`)
    const terminals: Terminal[] = []
    const follow = async (block: PageBlock): Promise<void> => {
      if (block.kind === 'file') {
        const file = resolve(await this.#whereIs(state), block.name)
        mkdirSync(dirname(file), { recursive: true })
        writeFileSync(file, block.text, { mode: block.text.startsWith('#!') ? 0o755 : 0o644 })
      } else if (block.kind === 'screen') {
        const terminal = terminals[block.terminal - 1]
        if (!terminal) throw new Error(`${block.at}: nothing runs in terminal ${block.terminal}`)
        await this.#watch(terminal, block)
      } else if (block.status === undefined) {
        const terminal = this.#leaveRunning(block, state)
        terminals.push(terminal)
        await this.#watch(terminal, block)
        if (terminals.length === 1) running()
      } else await this.#type(block, block.status, state)
    }
    try {
      for (const block of pageBlocks(path, this.#here(readFileSync(path, 'utf8')))) await follow(block)
    } catch (error) {
      const screens = terminals.map(({ at, output }) => `\n--- on the screen of ${at}\n${output().slice(-2000)}`)
      throw new Error(`${(error as Error).message}${screens.join('')}`, { cause: error })
    } finally {
      if (goesOn) this.#goingOn.push(...terminals)
      else await Promise.all(terminals.map(interrupt))
    }
  }

  /** Presses Ctrl-C in all terminals that are left, and goes. */
  async leave(): Promise<void> {
    await Promise.all(this.#goingOn.map(interrupt))
    for (const made of [this.directory, this.#home]) rmSync(made, { recursive: true, force: true })
  }

  #here(text: string): string {
    return (this.#circumstances.instead ?? []).reduce((now, [from, to]) => now.replaceAll(from, to), text)
  }

  #told(output: string): string {
    return output.replaceAll(this.#circumstances.onlyWhereSlow ?? /$^/g, '')
  }

  async #whereIs(state: string): Promise<string> {
    const { child, output } = this.#start(`source '${state}'; pwd`)
    await once(child, 'close')
    return output().trim()
  }

  async #type(block: CommandBlock, status: number, state: string): Promise<void> {
    // `set -e` would end with the status of the first command that fails, which is none that the page tells.
    const keep = `trap '{ declare -px; printf "cd %q\\n" "$PWD"; } > "${state}"' EXIT`
    const { child, output } = this.#start(`set -eo pipefail; source '${state}'\n${keep}\n${block.text}`)
    const late = setTimeout(() => signal(child, 'SIGKILL'), PATIENCE)
    const [code] = await once(child, 'close')
    clearTimeout(late)
    if (code !== status) throw this.#complaint(block, `ended with ${code} instead of ${status}`, output())
    if (block.output && !isShown(this.#told(output()), block.output, true))
      throw this.#complaint(block, 'printed', output())
  }

  #leaveRunning(block: CommandBlock, state: string): Terminal {
    return { ...this.#start(`set -eo pipefail; source '${state}'\n${block.text}`), at: block.at }
  }

  /** Waits until a terminal shows what the page does. */
  async #watch({ child, output }: Terminal, block: CommandBlock | ScreenBlock): Promise<void> {
    const { output: shown } = block
    if (!shown) return
    const appeared = Promise.withResolvers<void>()
    const look = () => isShown(this.#told(output()), shown, false) && appeared.resolve()
    const failed = (why: string) => appeared.reject(this.#complaint(block, why, output()))
    const ended = (code: number | null) => {
      look()
      failed(`ended with ${code} before it printed this`)
    }
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', look)
    look()
    if (child.exitCode === null && child.signalCode === null) child.once('close', ended)
    else ended(child.exitCode)
    const late = setTimeout(() => failed('did not print this'), PATIENCE)
    await appeared.promise.finally(() => {
      clearTimeout(late)
      child.off('close', ended)
      for (const stream of [child.stdout, child.stderr]) stream?.off('data', look)
    })
  }

  #start(script: string) {
    const { ownHosts, env } = this.#circumstances
    // On a terminal, both are in the order in which they were written.
    const typed = `exec 2>&1; ${script}`
    const mounts = ['--mount', ...(process.getuid?.() === 0 ? [] : ['--map-root-user']), 'bash', '-c']
    const hosts = `mount --bind '${join(this.#home, 'hosts')}' /etc/hosts && PATH='${join(this.#home, 'bin')}':$PATH`
    const [program, args] = ownHosts ? ['unshare', [...mounts, `${hosts}\n${typed}`]] : ['bash', ['-c', typed]]
    const child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...machineEnvironment(), HOME: this.#home, NO_COLOR: '1', ...env },
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    }
    return { child, output: () => output }
  }

  #complaint(block: CommandBlock | ScreenBlock, what: string, output: string): Error {
    const expected = block.output ? `\n--- the page shows\n${block.output.join('\n')}` : ''
    const typed = block.kind === 'commands' ? block.text.trim() : `terminal ${block.terminal}`
    return new Error(`${block.at}: ${typed}\n--- ${what}\n${output.slice(-4000)}${expected}`)
  }
}

/** Of the machine alone: what npm adds for the scripts of this repository is not there for a reader. */
function machineEnvironment(): Record<string, string | undefined> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_|VITEST|INIT_CWD|CI$)/i.test(name))
  const path = (process.env.PATH ?? '').split(delimiter).filter((entry) => !entry.includes('node_modules'))
  return { ...Object.fromEntries(kept), PATH: path.join(delimiter) }
}

/** Presses Ctrl-C, twice: the second time a market waits for nothing any more. What does not end then is ended. */
async function interrupt({ child }: Terminal): Promise<void> {
  const closed = child.exitCode === null && child.signalCode === null ? once(child, 'close') : undefined
  for (const _ of ['ask', 'insist']) signal(child, 'SIGINT')
  const late = setTimeout(() => signal(child, 'SIGKILL'), GRACE)
  await closed
  clearTimeout(late)
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  try {
    process.kill(-(child.pid ?? 0), name)
  } catch {
    // Nothing of it runs any more.
  }
}
