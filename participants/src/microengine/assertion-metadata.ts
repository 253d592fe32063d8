import { arch, platform } from 'node:os'
import type { AssertionMetadata } from '@polyswarm/protocol'
import type { Finding, ToolVersions } from '../findings/finding.js'

/** Who says it. */
export interface ScannerIdentity {
  name: string
  versions: ToolVersions
}

/** The document that goes with a reveal: for each artifact how sure the engine is, its family, and what was looked at with. */
export function assertionMetadata(
  findings: readonly Finding[],
  { name, versions }: ScannerIdentity,
): AssertionMetadata[] {
  const environment = { operating_system: platform(), architecture: arch() }
  const scannerOf = ({ vendor, signatures }: ToolVersions) => ({
    environment,
    ...(vendor !== undefined && { vendor_version: vendor }),
    ...(signatures !== undefined && { signatures_version: signatures }),
  })
  return findings.map(({ family, metadata, outcome, confidence, versions: own }) => ({
    ...((outcome === 'malicious' || outcome === 'benign') && { confidence }),
    ...metadata,
    malware_family: outcome === 'malicious' ? (family ?? '') : '',
    product: name,
    scanner: scannerOf(own ?? versions),
  }))
}
