import type { ReactNode } from 'react'

/** What is wider than a small screen scrolls by itself, by keyboard too. */
export function ScrollBox({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y: it is a group that scrolls, not one of fields, and must be reachable by keyboard.
    <div role="group" className="scroll" aria-label={label} tabIndex={0}>
      {children}
    </div>
  )
}
