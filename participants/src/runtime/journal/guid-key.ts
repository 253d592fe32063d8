import type { Guid } from '@polyswarm/protocol'

/** Under what a journal keeps what belongs to a bounty, and under nothing what belongs to none: a key has no NULL. */
export function keyOf(guid: Guid | null): string {
  return guid ?? ''
}

/** The bounty of a key; null where it is that of none. */
export function guidOf(key: string): Guid | null {
  return key === '' ? null : (key as Guid)
}
