import type { ServedNames } from '@polyswarm/protocol'
import { isLoopback } from './loopback.js'

/** Where a daemon listens, and what its settings name besides. */
export interface NameSettings {
  /** Address that it listens on. */
  host: string
  /** Names that others know it by. */
  allowedHosts?: readonly string[] | undefined
  /** Origins of pages that may use it. */
  allowedOrigins?: readonly string[] | undefined
}

/** What a daemon answers to. Beyond loopback that is any name without a dot as well, such as a container's. */
export function servedNames({ host, allowedHosts = [], allowedOrigins = [] }: NameSettings): ServedNames {
  return {
    hosts: [host, ...allowedHosts].map((name) => name.toLowerCase()),
    origins: allowedOrigins,
    plainNames: !isLoopback(host),
  }
}
