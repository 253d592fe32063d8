import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A Markdown file of the project. */
export interface MarkdownFile {
  /** Path from the root. */
  path: string
  text: string
}

/** All Markdown files that belong to the project: what git tracks, and what it would. */
export function markdownFiles(): MarkdownFile[] {
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--', '*.md'], {
    cwd: ROOT,
  })
  const paths = [...new Set(list.toString().split('\n').filter(Boolean))]
  return paths.map((path) => ({ path, text: readFileSync(`${ROOT}/${path}`, 'utf8') }))
}

/** The lines of a file's fenced blocks of one language. */
export function fencedLines({ text }: MarkdownFile, language: string): string[] {
  const blocks = text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))
  return [...blocks].flatMap(([, block = '']) => block.split('\n').filter((line) => line.trim() !== ''))
}

/** The block of a text that is indented by four spaces and begins with `start`, without its indentation. */
export function indentedBlock(text: string, start: string): string {
  const lines = text.split('\n')
  const first = lines.findIndex((line) => line.startsWith(`    ${start}`))
  if (first < 0) throw new Error(`there is no block that begins with ${start}`)
  const rest = lines.slice(first)
  const length = rest.findIndex((line) => line !== '' && !line.startsWith('    '))
  const block = rest.slice(0, length < 0 ? undefined : length).map((line) => line.slice(4))
  return `${block.join('\n').trimEnd()}\n`
}
