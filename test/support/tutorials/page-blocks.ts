/** A block of a page that a reader saves as a file. */
interface FileBlock {
  kind: 'file'
  /** Path from the directory that the reader is in. */
  name: string
  text: string
  /** Where the block begins, for messages. */
  at: string
}

/** A block of commands that a reader types, with what the page shows of the output. */
export interface CommandBlock {
  kind: 'commands'
  text: string
  /** Exit status of the last command; undefined where the commands go on running in a terminal of their own. */
  status: number | undefined
  /** The lines that the page shows; undefined where it shows none. */
  output: string[] | undefined
  at: string
}

/** What the page shows of a terminal in which commands go on running, after the reader has done more elsewhere. */
export interface ScreenBlock {
  kind: 'screen'
  /** Which of the page's terminals with running commands, from 1. */
  terminal: number
  output: string[]
  at: string
}

/** Pictures, which nobody types. */
const PICTURES = ['mermaid']

/** A block of a page that a reader has to do with. */
export type PageBlock = FileBlock | CommandBlock | ScreenBlock

/**
 * Takes the blocks of a page in their order. Each fenced block has to be one of these, so that none is left untested:
 *
 * - `sh`: commands, typed into the first terminal; they end with status 0, or with N where it says `sh status=N`;
 * - `sh running`: commands that go on, in a terminal of their own;
 * - `output`: what the commands before it print;
 * - `output terminal=N`: what the terminal of the page's Nth `sh running` shows in the end;
 * - a language and a file name, such as `ts eicar.ts`: a file to save;
 * - `mermaid`: a diagram.
 *
 * @param page name of the page, for messages.
 * @throws Error naming page and line of a block that is nothing of these.
 */
export function pageBlocks(page: string, text: string): PageBlock[] {
  const blocks: PageBlock[] = []
  for (const match of text.matchAll(/^( *)(`{3,})(.*)\n([\s\S]*?)^ *\2 *$/gm)) {
    const [, indent = '', , info = '', indented = ''] = match
    const at = `${page}:${text.slice(0, match.index).split('\n').length}`
    const body = indent === '' ? indented : indented.replaceAll(new RegExp(`^ {0,${indent.length}}`, 'gm'), '')
    const [language = '', rest] = info.trim().split(/ (.*)/)
    if (language === 'sh') {
      const status = rest === 'running' ? undefined : Number(/^status=(\d+)$/.exec(rest ?? 'status=0')?.[1])
      if (Number.isNaN(status)) throw new Error(`${at}: "${info}" is neither "sh", "sh status=N" nor "sh running"`)
      blocks.push({ kind: 'commands', text: body, status, output: undefined, at })
    } else if (language === 'output' && rest !== undefined) {
      const terminal = Number(/^terminal=(\d+)$/.exec(rest)?.[1])
      if (Number.isNaN(terminal)) throw new Error(`${at}: "${info}" is neither "output" nor "output terminal=N"`)
      blocks.push({ kind: 'screen', terminal, output: body.trimEnd().split('\n'), at })
    } else if (language === 'output') {
      const before = blocks.at(-1)
      if (before?.kind !== 'commands' || before.output) throw new Error(`${at}: no commands stand before this output`)
      before.output = body.trimEnd().split('\n')
    } else if (language !== '' && rest !== undefined) {
      blocks.push({ kind: 'file', name: rest, text: body, at })
    } else if (!PICTURES.includes(language)) {
      throw new Error(`${at}: a block of a tutorial is commands, their output, a file with its name, or a diagram`)
    }
  }
  return blocks
}
