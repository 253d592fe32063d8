import { useSyncExternalStore } from 'react'

let all = false
const listeners = new Set<() => void>()

/** Whether amounts show all their digits. */
export function useAllDigits(): boolean {
  return useSyncExternalStore(subscribe, showsAll)
}

/** Has all amounts of the page show all their digits, or only those that people read. */
export function showAllDigits(show: boolean): void {
  all = show
  for (const hear of listeners) hear()
}

function subscribe(hear: () => void): () => void {
  listeners.add(hear)
  return () => listeners.delete(hear)
}

function showsAll(): boolean {
  return all
}
