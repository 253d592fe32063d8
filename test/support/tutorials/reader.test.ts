import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { pageBlocks } from './page-blocks.ts'
import { type Circumstances, Reader } from './reader.ts'
import { isShown } from './shown-output.ts'

const fence = (info: string, ...lines: string[]) => [`\`\`\`${info}`, ...lines, '```', ''].join('\n')

async function read(page: string, circumstances?: Circumstances): Promise<Reader> {
  const reader = new Reader(circumstances)
  onTestFinished(() => reader.leave())
  const path = join(reader.directory, 'page.md')
  writeFileSync(path, page)
  await reader.read(path, 'desk')
  return reader
}

test('what varies is marked, and everything else has to be there', () => {
  expect(isShown('block 7  is over\npaid   2 NCT\n', ['block ‹58› is over', 'paid 2 NCT'], true)).toBe(true)
  expect(isShown('block 7 is over\npaid 3 NCT\n', ['block ‹58› is over', 'paid 2 NCT'], true)).toBe(false)
  expect(isShown('a\nb\nc', ['a', 'c'], true)).toBe(false)
  expect(isShown('a\nb\nc', ['a', '…', 'c'], true)).toBe(true)
  expect(isShown('a\nc', ['a', '…', 'c'], true)).toBe(true)
  expect(isShown('a\nb\nc', ['a'], true)).toBe(false)
  expect(isShown('a\nb\nc', ['b'], false)).toBe(true)
  expect(isShown('a\nb\nc', ['a', 'c'], false)).toBe(false)
  expect(isShown('', ['a'], false)).toBe(false)
  expect(isShown('1.5 (x)', ['1.5 (x)'], true)).toBe(true)
  expect(isShown('1+5 (x)', ['1.5 (x)'], true)).toBe(false)
})

test('a block that nobody would run is refused, by its line', () => {
  expect(() => pageBlocks('page', `one\n${fence('ts', 'const lost = 1')}`)).toThrow(/^page:2: a block of a tutorial/)
  expect(() => pageBlocks('page', fence('', 'text'))).toThrow('page:1')
  expect(() => pageBlocks('page', fence('output', 'text'))).toThrow('no commands stand before')
  expect(() => pageBlocks('page', fence('output screen=1', 'text'))).toThrow('"output screen=1" is neither')
  expect(() => pageBlocks('page', fence('sh runing', 'true'))).toThrow('"sh runing" is neither')
  expect(pageBlocks('page', fence('mermaid', 'graph LR'))).toEqual([])
  expect(pageBlocks('page', '1. In a list:\n\n   ```sh\n   echo a\n     b\n   ```\n')).toMatchObject([
    { text: 'echo a\n  b\n' },
  ])
})

test('directory and variables last, files are where the reader is, and a program runs', async () => {
  const page = [
    fence('sh', 'mkdir work && cd work', 'export NAME="a  b"'),
    fence('sh program', '#!/bin/sh', 'echo "$NAME" && exit 3'),
    fence('sh status=3', './program'),
    fence('output', 'a b'),
  ].join('\n')
  await expect(read(page)).rejects.toThrow('"sh program" is neither')
  const reader = await read(page.replace('sh program', 'bash program'))
  expect(readFileSync(join(reader.directory, 'desk/work/program'), 'utf8')).toContain('exit 3')
})

test('a command that fails, or prints something else, fails the page at its line', async () => {
  await expect(read(fence('sh', 'echo why; false', 'echo never'))).rejects.toThrow(
    /page\.md:1: [\s\S]*ended with 1 instead of 0\nwhy\n$/,
  )
  await expect(read(fence('sh status=2', 'true'))).rejects.toThrow('ended with 0 instead of 2')
  await expect(read(`${fence('sh', 'echo 1')}\n${fence('output', '2')}`)).rejects.toThrow(
    /printed\n1\n\n--- the page shows\n2$/,
  )
})

test('what runs on is waited for until it has printed what is shown, and interrupted at the end of the page', async () => {
  const loop = "trap 'echo interrupted > end; exit' INT; echo ready at 31337; while true; do sleep 0.05; done"
  const page = [
    fence('sh running', loop),
    fence('output', 'ready at 31337'),
    fence('sh', 'echo it runs'),
    fence('output', 'it runs'),
    fence('output terminal=1', 'ready at 31337'),
  ].join('\n')
  const reader = await read(page, { instead: [['31337', '7']] })
  expect(readFileSync(join(reader.directory, 'desk/end'), 'utf8')).toBe('interrupted\n')
  await reader.leave()
  expect(existsSync(reader.directory)).toBe(false)
})

test('what runs on and does not print what is shown fails the page, with what is on its screen', async () => {
  const shown = (program: string) => [fence('sh running', program), fence('output', 'yes')].join('\n')
  await expect(read(shown('echo no'))).rejects.toThrow('ended with 0 before it printed this\nno')
  const other = [fence('sh running', 'echo why; sleep 60'), fence('output', 'why'), fence('sh', 'false')].join('\n')
  await expect(read(other)).rejects.toThrow(/ended with 1 instead of 0\n\n--- on the screen of .*page\.md:1\nwhy\n$/)
})

test('where the reader may write to the table of hosts, nobody else sees it', async () => {
  const line = "echo '127.0.0.1 polyswarmd-of-a-reader' | sudo tee -a /etc/hosts"
  await read(fence('sh', line, 'getent hosts polyswarmd-of-a-reader > /dev/null'), { ownHosts: true })
  expect(readFileSync('/etc/hosts', 'utf8')).not.toContain('polyswarmd-of-a-reader')
})
