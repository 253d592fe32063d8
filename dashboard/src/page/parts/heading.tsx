import { type ReactNode, useEffect } from 'react'
import { texts } from '../texts.js'

/** The heading of a view, which is also the title of the window. */
export function Heading({ title, children }: { title: string; children?: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · ${texts.name}`
  }, [title])
  return (
    <div className="heading">
      <h1>{title}</h1>
      {children}
    </div>
  )
}
