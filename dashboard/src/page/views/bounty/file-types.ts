import { visibleText } from '@polyswarm/protocol/visible-text'
import { texts } from '../../texts.js'

/** A longer type is none. */
const LONGEST = 80

/** What type the ambassador says that each artifact of a bounty has. @param metadata whatever it has put there. */
export function fileTypes(metadata: unknown, type: 'file' | 'url', numArtifacts: number): string[] {
  return Array.from({ length: numArtifacts }, (_, index) => {
    if (type === 'url') return texts.types.url
    const entry: unknown = Array.isArray(metadata) ? metadata[index] : null
    const { mimetype } = (entry ?? {}) as { mimetype?: unknown }
    const isType = typeof mimetype === 'string' && mimetype !== '' && mimetype.length <= LONGEST
    return isType ? visibleText(mimetype) : texts.types.unknown
  })
}
