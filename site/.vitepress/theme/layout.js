import { Content, useData } from 'vitepress'
import { h } from 'vue'

const addressOf = (path) => `/${path.replace(/README\.md$/, 'index.md').replace(/\.md$/, '.html')}`

/** The frame of every page: the name, the search, and what else there is to read. */
export const Layout = {
  setup() {
    const { page, theme } = useData()
    const link = ([text, path]) => {
      const isHere = page.value.filePath === path
      return h('li', h('a', { href: addressOf(path), 'aria-current': isHere ? 'page' : undefined }, text))
    }
    return () => [
      h('header', [
        h('a', { class: 'name', href: '/index.html' }, 'PolySwarm'),
        h('div', { class: 'search', role: 'search' }, [
          h('input', {
            id: 'search',
            type: 'search',
            placeholder: 'Search',
            'aria-label': 'Search',
            autocomplete: 'off',
          }),
          h('ol', { id: 'found', hidden: true }),
        ]),
      ]),
      h('div', { class: 'columns' }, [
        h(
          'nav',
          { 'aria-label': 'Pages' },
          theme.value.navigation.map(({ text, items }) =>
            h('details', { open: true }, [h('summary', text), h('ul', items.map(link))]),
          ),
        ),
        h('main', h(Content)),
      ]),
    ]
  },
}
