import { stringifyJson, visibleText } from '@polyswarm/protocol'
import type { ScannedArtifact } from './local-scan.js'

/** A result in writing, row by row, so that nothing has to be held until the end. */
export interface ScanReport {
  /** What stands before the first row. */
  begin(): string
  row(scanned: ScannedArtifact): string
  /** What stands behind the last row; `summary` is in words. */
  end(summary: string): string
}

/** Wider names push their row aside. */
const WIDEST_NAME = 60

/**
 * Rows for people.
 *
 * @param widest characters of the longest name.
 */
export function textReport(widest: number): ScanReport {
  const width = Math.max('name'.length, Math.min(widest, WIDEST_NAME))
  const line = (name: string, ...cells: [string, string, string, string, string, string]): string => {
    const widths = [10, 10, 20, 9, 24]
    const padded = cells.map((cell, column) => visibleText(cell).padEnd(widths[column] ?? 0))
    return `${[visibleText(name).padEnd(width), ...padded].join('  ').trimEnd()}\n`
  }
  const row = ({ name, finding, milliseconds, members = [] }: ScannedArtifact, indent = ''): string => {
    const { outcome, confidence, probability, interval, family = '', reason = '' } = finding
    const range = probability === undefined ? '' : percentages(probability, interval)
    const time = `${Math.round(milliseconds)} ms`
    return [
      line(`${indent}${name}`, outcome, confidence.toFixed(2), range, time, family, reason),
      ...members.map((member) => row(member, `${indent}  `)),
    ].join('')
  }
  return {
    begin: () => line('name', 'outcome', 'confidence', 'malicious (95 %)', 'time', 'family', 'reason'),
    row: (scanned) => row(scanned),
    end: (summary) => `${summary}\n`,
  }
}

function percentages(probability: number, interval: readonly [number, number] | undefined): string {
  const percent = (share: number): string => (share * 100).toFixed(0)
  if (!interval) return `${percent(probability)} %`
  return `${percent(probability)} % (${percent(interval[0])} to ${percent(interval[1])} %)`
}

/** One JSON array with an object for each artifact on a line of its own. */
export function jsonReport(): ScanReport {
  let separator = ''
  return {
    begin: () => '[',
    row: (scanned) => {
      const text = `${separator}\n${visibleText(stringifyJson(objectOf(scanned)))}`
      separator = ','
      return text
    },
    end: () => '\n]\n',
  }
}

function objectOf({ name, artifactType, finding, milliseconds, members }: ScannedArtifact): Record<string, unknown> {
  const { outcome, confidence, family = '', reason = '', probability, interval, opinions, metadata } = finding
  return {
    name,
    type: artifactType,
    outcome,
    confidence,
    family,
    reason,
    milliseconds: Math.round(milliseconds),
    ...(probability !== undefined && { probability }),
    ...(interval !== undefined && { interval }),
    ...(opinions !== undefined && { opinions }),
    ...(metadata !== undefined && { metadata }),
    ...(members !== undefined && { members: members.map(objectOf) }),
  }
}
