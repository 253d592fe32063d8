import type { ToolVersions } from '../findings/finding.js'
import type { AnalysisBackend } from './analysis-backend.js'

const MOST = 500

/** The versions of several backends as one text each: those of one as they are, those of more with their names. */
export function combinedVersions(backends: readonly Pick<AnalysisBackend, 'name' | 'versions'>[]): ToolVersions {
  const [only] = backends
  if (only && backends.length === 1) return only.versions
  const join = (field: 'vendor' | 'signatures'): string =>
    backends
      .filter(({ versions }) => versions[field])
      .map(({ name, versions }) => `${name} ${versions[field]}`)
      .join('; ')
      .slice(0, MOST)
  const [vendor, signatures] = [join('vendor'), join('signatures')]
  return { ...(vendor !== '' && { vendor }), ...(signatures !== '' && { signatures }) }
}
