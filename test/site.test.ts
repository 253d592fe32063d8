import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { navigation } from '../site/.vitepress/navigation.ts'
import { ROOT } from './support/markdown.ts'

const shown = navigation.flatMap(({ items }) => items.map(([, path = '']) => path))

test('the navigation of the site leads to pages that are there, and to each once', () => {
  expect(shown.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
  expect(new Set(shown).size).toBe(shown.length)
})

test('every tutorial, concept and page of reference is in it', () => {
  const pages = globSync('docs/{tutorials,concepts,reference}/*.md', { cwd: ROOT })
  expect(pages.length).toBeGreaterThan(30)
  expect(pages.filter((page) => !shown.includes(page))).toEqual([])
})

test('the tutorials are in it in the order of their own list', () => {
  const list = readFileSync(join(ROOT, 'docs/tutorials/README.md'), 'utf8')
  const order = [...list.matchAll(/^\| .*\]\(([\w-]+\.md)\) \|$/gm)].map(([, page]) => `docs/tutorials/${page}`)
  expect(order.length).toBeGreaterThan(10)
  expect(shown.filter((path) => path.startsWith('docs/tutorials/') && !path.endsWith('README.md'))).toEqual(order)
})
