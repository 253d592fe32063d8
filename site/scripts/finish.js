/*
 * Makes what VitePress has built work from disk: addresses become relative, diagrams and search get their plain scripts, and
 * the sections of all pages are written down for the search.
 */
import { copyFileSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const DIST = fileURLToPath(new URL('../dist/', import.meta.url))
const SEARCH = fileURLToPath(new URL('../search.js', import.meta.url))
const packageFile = (path) => fileURLToPath(new URL(`../node_modules/${path}`, import.meta.url))

/** The text of a piece of a page. */
function textOf(html) {
  const entities = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' }
  return html
    .replaceAll(/<a class="header-anchor"[\s\S]*?<\/a>/g, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/&(lt|gt|quot|#39|amp);/g, (entity) => entities[entity])
    .replaceAll(/[\s\u200b]+/g, ' ')
    .trim()
}

/** What stands under each heading of a page. */
function sectionsOf(address, html) {
  const main = /<main>([\s\S]*)<\/main>/.exec(html)?.[1] ?? ''
  const parts = main.split(/(?=<h[1-4] id=")/).filter((part) => part.startsWith('<h'))
  const page = textOf(/<h1[\s\S]*?<\/h1>/.exec(main)?.[0] ?? address)
  return parts.map((part) => {
    const [, id = ''] = /^<h\d id="([^"]*)"/.exec(part) ?? []
    const [heading = ''] = /^<h\d[\s\S]*?<\/h\d>/.exec(part) ?? []
    return { page, title: textOf(heading), address: `${address}#${id}`, text: textOf(part.slice(heading.length)) }
  })
}

const sections = []
for (const path of globSync('**/*.html', { cwd: DIST })) {
  const html = readFileSync(join(DIST, path), 'utf8')
  if (path !== '404.html') sections.push(...sectionsOf(path, html))
  const root = relative(dirname(path), '.') === '' ? './' : `${relative(dirname(path), '.')}/`
  const scripts = ['minisearch.js', 'search-sections.js', 'search.js']
  const tags = scripts.map((script) => `<script src="${root}${script}" data-root="${root}"></script>`)
  if (html.includes('class="mermaid"')) {
    tags.push(`<script src="${root}mermaid.js"></script>`, '<script>mermaid.initialize({ startOnLoad: true })</script>')
  }
  const local = html
    .replaceAll(' href="source:', ' href="')
    .replaceAll(/ (href|src)="\/([^"]*)"/g, (_, name, target) => {
      const [file = '', ...rest] = target.split(/(?=#)/)
      return ` ${name}="${root}${file === '' || file.endsWith('/') ? `${file}index.html` : file}${rest.join('')}"`
    })
    .replace('</body>', () => `${tags.join('')}</body>`)
  writeFileSync(join(DIST, path), local)
}
writeFileSync(join(DIST, 'search-sections.js'), `window.SEARCH_SECTIONS = ${JSON.stringify(sections)}\n`)
copyFileSync(SEARCH, join(DIST, 'search.js'))
copyFileSync(packageFile('minisearch/dist/umd/index.js'), join(DIST, 'minisearch.js'))
copyFileSync(packageFile('mermaid/dist/mermaid.min.js'), join(DIST, 'mermaid.js'))
