import { cpSync, existsSync, globSync, rmSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'
import { navigation } from './navigation.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** Copies of the pages, in this package: what they are compiled to imports its dependencies. */
const PAGES = fileURLToPath(new URL('../pages', import.meta.url))
const LEFT_OUT = ['**/node_modules/**', '**/dist/**', '**/lib/**', '**/template/**', 'site/**', '.*/**']

rmSync(PAGES, { recursive: true, force: true })
for (const path of globSync('**/*.md', { cwd: ROOT, exclude: LEFT_OUT })) cpSync(join(ROOT, path), join(PAGES, path))

/** Where a link leads in the site: to a page, or from the built page to the source in the checkout around it. */
function linkFrom(from, href) {
  const [, path = '', hash = ''] = /^([^#]*)(#.*)?$/.exec(href) ?? []
  if (path === '' || /^[a-z]+:/.test(path)) return href
  const page = relative(PAGES, from)
  const target = join(ROOT, page, path)
  if (/\.md$/.test(path)) return `${path.replace(/README\.md$/, 'index.md')}${hash}`
  if (existsSync(join(target, 'README.md'))) return `${path.replace(/\/$/, '')}/index.md${hash}`
  if (!existsSync(target)) return href
  // A whole address: VitePress takes what has none of the endings that it knows for a page.
  return `source:${join(relative(join('site/dist', page), '.'), relative(ROOT, target))}`
}

/** The pages are all Markdown files of the repository, under the paths that they have there. */
export default defineConfig({
  title: 'PolySwarm',
  description: 'A marketplace where independent malware engines judge files and URLs with money behind their word',
  srcDir: PAGES,
  outDir: fileURLToPath(new URL('../dist', import.meta.url)),
  cacheDir: fileURLToPath(new URL('../node_modules/.cache/vitepress', import.meta.url)),
  rewrites: (path) => path.replace(/README\.md$/, 'index.md'),
  // Pages without scripts: those that the site has are plain ones, as a browser runs no others from disk.
  mpa: true,
  // What leads to a source file is turned into a link to it; tests look at all other links.
  ignoreDeadLinks: true,
  themeConfig: { navigation },
  markdown: {
    // What looks like a tag in the text is text.
    html: false,
    config: (markdown) => {
      const fence = markdown.renderer.rules.fence
      markdown.renderer.rules.fence = (tokens, index, ...rest) => {
        const { info, content } = tokens[index]
        if (info.trim() === 'mermaid') return `<pre class="mermaid" v-pre>${markdown.utils.escapeHtml(content)}</pre>`
        const [, language = 'text', name] = /^(\w*) ?(.*)$/.exec(info.trim()) ?? []
        const isFile = name !== '' && !['sh', 'output'].includes(language)
        // The words behind `sh` and `output` are for the tests; other languages have the name of a file there.
        tokens[index].info = language === 'output' ? 'text' : language
        const block = fence(tokens, index, ...rest)
        return isFile ? `<div class="file" v-pre>${markdown.utils.escapeHtml(name)}</div>${block}` : block
      }
      markdown.core.ruler.push('links', ({ tokens, env }) => {
        const from = dirname(env.realPath ?? env.path)
        for (const { children } of tokens) {
          for (const token of children ?? []) {
            if (token.type === 'link_open') token.attrSet('href', linkFrom(from, token.attrGet('href') ?? ''))
          }
        }
      })
    },
  },
})
