import { basename, extname } from 'node:path'

/** The variables that public rule sets expect the scanner to define, all of them texts. */
export const EXTERNAL_VARIABLES = ['filename', 'filepath', 'extension', 'filetype', 'owner'] as const

/** A value for each of the external variables. */
export type ExternalVariables = Record<(typeof EXTERNAL_VARIABLES)[number], string>

/** Before there is an artifact. */
export const NO_VARIABLES: ExternalVariables = { filename: '', filepath: '', extension: '', filetype: '', owner: '' }

/** Characters of a value. The ambassador, a stranger, has written it. */
const LONGEST = 1_024

/**
 * The external variables of an artifact, from what the ambassador says of it: empty texts where nothing is said. The
 * extension has its dot, as in `.exe`, and is that of the file's name where it is not given.
 */
export function externalVariables(metadata: Record<string, unknown>): ExternalVariables {
  const text = (key: string): string => {
    const value = metadata[key]
    return typeof value === 'string' ? value.slice(0, LONGEST) : ''
  }
  const filepath = text('filepath')
  const filename = basename(text('filename') || filepath)
  return {
    filename,
    filepath,
    extension: text('extension') || extname(filename),
    filetype: text('filetype'),
    owner: text('owner'),
  }
}
