// Loaded as a plain script, with the index as another: a browser fetches nothing for a page that was opened from disk.
const input = document.getElementById('search')
const list = document.getElementById('found')
const root = document.currentScript.dataset.root
const { MiniSearch, SEARCH_SECTIONS: sections } = window
const search = new MiniSearch({
  fields: ['title', 'page', 'text'],
  searchOptions: { boost: { title: 4, page: 2 }, prefix: true, fuzzy: (term) => (term.length > 4 ? 0.2 : false) },
})
search.addAll(sections.map((section, id) => ({ id, ...section })))

function show() {
  const found = search.search(input.value, { combineWith: 'AND' }).slice(0, 12)
  list.replaceChildren(
    ...found.map(({ id }) => {
      const { title, page, address } = sections[id]
      const link = document.createElement('a')
      link.href = root + address
      link.append(title, Object.assign(document.createElement('small'), { textContent: page }))
      const item = document.createElement('li')
      item.append(link)
      return item
    }),
  )
  if (found.length === 0) list.replaceChildren(Object.assign(document.createElement('li'), { textContent: 'Nothing.' }))
  list.hidden = input.value.trim() === ''
}

input.addEventListener('input', show)
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') list.hidden = true
  if (event.key === '/' && document.activeElement !== input) {
    event.preventDefault()
    input.focus()
  }
})
