import type { Finding } from './finding.js'

/** A finding and the backend it is from. */
export interface BackendFinding {
  backend: string
  finding: Finding
}
