import { Tooltip } from 'radix-ui'
import { type ReactNode, useState } from 'react'
import { texts } from '../../texts.js'

/** Lines that fit beside a number; the rest is told as a count. */
const MOST = 12

/** A number that says how it came about, to a pointer and to a keyboard. */
export function Formula({ lines, children }: { lines: readonly string[]; children: ReactNode }) {
  const [isHovered, setHovered] = useState(false)
  // Of its own, as the tooltip closes when the page scrolls, which it does when the focus moves.
  const [isFocused, setFocused] = useState(false)
  if (lines.length === 0) return children
  return (
    <Tooltip.Root open={isHovered || isFocused} onOpenChange={setHovered}>
      <Tooltip.Trigger
        className="why"
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
        onKeyDown={({ key }) => key === 'Escape' && setFocused(false)}
      >
        {children}
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content className="tooltip" sideOffset={4} collisionPadding={8}>
          <strong>{texts.bounty.why}</strong>
          {lines.slice(0, MOST).map((line) => (
            <p key={line}>{line}</p>
          ))}
          {lines.length > MOST && <p>+ {lines.length - MOST}</p>}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  )
}
