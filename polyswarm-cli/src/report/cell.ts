import { fitted } from '@polyswarm/protocol/polyscore'
import { visibleText } from '@polyswarm/protocol/visible-text'

/** A text of a stranger in so many columns, filled up with blanks; no more of it is looked at than could be shown. */
export function cell(text: string, columns: number): string {
  return fitted(visibleText(text.slice(0, 4 * columns)), columns)
}
