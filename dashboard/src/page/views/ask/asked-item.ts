import type { Instance } from '@polyswarm/protocol/consumer'

/** Something that is to be judged, from when it was dropped until its answer is there. */
export interface AskedItem {
  key: number
  /** Name of a file, or the URL. */
  name: string
  type: 'FILE' | 'URL'
  content: Blob
  state: 'waiting' | 'hashing' | 'looking' | 'known' | 'unknown' | 'uploading' | 'sent' | 'failed'
  /** The latest answer where it is known, or that which it waits for. */
  instance: Instance | null
  /** Why it failed. */
  reason: string | null
}

/** What is being asked about, in order. At most so many at a time: what is dropped beyond is left out. */
export const MAX_ITEMS = 500

/** A list with more at its end, without what does not fit. */
export function withMore(items: readonly AskedItem[], more: readonly AskedItem[]): readonly AskedItem[] {
  return [...items, ...more].slice(0, MAX_ITEMS)
}

/** A list in which one item has changed. */
export function withChange(items: readonly AskedItem[], key: number, change: Partial<AskedItem>): readonly AskedItem[] {
  return items.map((item) => (item.key === key ? { ...item, ...change } : item))
}

/** Those that a click would send: what is not known, and what is, where it is to be judged again. */
export function sendable(items: readonly AskedItem[], fresh: boolean): readonly AskedItem[] {
  return items.filter(({ state }) => state === 'unknown' || state === 'failed' || (fresh && state === 'known'))
}
