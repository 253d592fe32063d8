import { useSyncExternalStore } from 'react'

/** Who uses the page. Keys stay here, in memory: reloading the page forgets them. */
export interface Session {
  /** Of the consumer service. */
  serviceKey: string
  /** Of the daemon. */
  daemonKey: string
  /** Of the arbiter's queue. */
  arbiterToken: string
  /** The account whose bounties are "mine", as 0x…; empty for none. */
  account: string
}

let session: Session = { serviceKey: '', daemonKey: '', arbiterToken: '', account: '' }
const listeners = new Set<() => void>()

/** The session as it is now. */
export function currentSession(): Session {
  return session
}

/** Changes a part of the session. */
export function changeSession(change: Partial<Session>): void {
  session = { ...session, ...change }
  for (const hear of listeners) hear()
}

/** The session, for views. */
export function useSession(): Session {
  return useSyncExternalStore(onSession, currentSession)
}

/** Calls back when the session changes; returns what ends that. */
export function onSession(hear: () => void): () => void {
  listeners.add(hear)
  return () => listeners.delete(hear)
}
