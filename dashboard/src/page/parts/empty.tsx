import type { ReactNode } from 'react'

/** There is nothing to show, and this is why. */
export function Empty({ children }: { children: ReactNode }) {
  return <div className="empty">{children}</div>
}
