/**
 * A place in a ledger's log, between two entries: everything up to and including `position` lies before it. Written
 * `<ledgerId>-<position>`; clients keep the text and do not look inside.
 */
export interface Cursor {
  ledgerId: string
  position: number
}

/** Writes a cursor. */
export function formatCursor({ ledgerId, position }: Cursor): string {
  return `${ledgerId}-${position}`
}

/** Reads a cursor; null where the text never was one. */
export function parseCursor(text: string): Cursor | null {
  const match = /^([0-9a-f]{16})-(\d{1,15})$/.exec(text)
  return match ? { ledgerId: match[1] ?? '', position: Number(match[2]) } : null
}
