import { visibleText } from '@polyswarm/protocol/visible-text'

/** The longest text from outside that is shown in a line; the rest is in its title. */
const LONGEST = 160

/** Longer titles help nobody. */
const LONGEST_TITLE = 2_000

/** A text that somebody else has written: on one line, without marks that turn or hide it, and apart from what is around it. */
export function OutsideText({ text, longest = LONGEST }: { text: string; longest?: number }) {
  const shown = visibleText(text.slice(0, longest))
  const isCut = text.length > longest
  return (
    <bdi className="outside" {...(isCut && { title: visibleText(text.slice(0, LONGEST_TITLE)) })}>
      {isCut ? `${shown}…` : shown}
    </bdi>
  )
}
