import type { LeftOutFile } from '@polyswarm/participants/runtime'
import { plainText } from './text-table.js'

/** Files that are named; of more there is the number. */
const NAMED = 5

/** Which files are not posted, and why. */
export function leftOutLines(files: readonly LeftOutFile[]): string[] {
  const lines = files.slice(0, NAMED).map(({ path, reason }) => `not posted: ${plainText(path, 200)}: ${reason}`)
  return files.length > NAMED ? [...lines, `not posted: ${files.length - NAMED} more`] : lines
}
