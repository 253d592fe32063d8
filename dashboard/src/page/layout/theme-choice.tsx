import { useState } from 'react'
import { texts } from '../texts.js'

const KEY = 'polyswarm-theme'
const THEMES = ['system', 'light', 'dark'] as const
type Theme = (typeof THEMES)[number]

/** Light, dark, or as the system has it; the browser remembers it. */
export function ThemeChoice() {
  const [theme, setTheme] = useState<Theme>(() => show(THEMES.find((name) => name === localStorage.getItem(KEY))))
  const { theme: said } = texts.layout
  return (
    <label>
      {said.label}{' '}
      <select value={theme} onChange={({ target }) => setTheme(show(THEMES.find((name) => name === target.value)))}>
        {THEMES.map((name) => (
          <option key={name} value={name}>
            {said[name]}
          </option>
        ))}
      </select>
    </label>
  )
}

function show(theme: Theme = 'system'): Theme {
  localStorage.setItem(KEY, theme)
  document.documentElement.dataset.theme = theme
  return theme
}
