import { arch, platform } from 'node:os'
import type { AssertionMetadata } from '@polyswarm/protocol'
import type { Finding } from './finding.js'

/** Who says it. */
export interface ScannerIdentity {
  name: string
  versions: { vendor?: string; signatures?: string }
}

/** The document that goes with a reveal: for each artifact its family, and what was looked at with. */
export function assertionMetadata(
  findings: readonly Finding[],
  { name, versions }: ScannerIdentity,
): AssertionMetadata[] {
  const environment = { operating_system: platform(), architecture: arch() }
  const scanner = {
    environment,
    ...(versions.vendor !== undefined && { vendor_version: versions.vendor }),
    ...(versions.signatures !== undefined && { signatures_version: versions.signatures }),
  }
  return findings.map(({ family, metadata, outcome }) => ({
    ...metadata,
    malware_family: outcome === 'malicious' ? (family ?? '') : '',
    product: name,
    scanner,
  }))
}
