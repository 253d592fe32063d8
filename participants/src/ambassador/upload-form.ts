import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import type { ArtifactFile } from './bounty-source.js'

/** Bytes up to which a file is read in one go. */
const SMALL = 64 * 1024

/**
 * Files as a form to be uploaded (RFC 7578), written as they are read. A form that the runtime encodes reads every file
 * through a stream of its own, which takes half as long again for small ones.
 */
export function uploadForm(files: readonly ArtifactFile[]): { contentType: string; content: Readable } {
  const boundary = `----polyswarm-${randomUUID()}`
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    content: Readable.from(partsOf(files, boundary), { objectMode: false }),
  }
}

async function* partsOf(files: readonly ArtifactFile[], boundary: string): AsyncGenerator<Uint8Array> {
  for (const { name, content } of files) {
    const head = Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${escaped(name)}"\r\n` +
        'Content-Type: application/octet-stream\r\n\r\n',
    )
    if (content.size <= SMALL) {
      yield Buffer.concat([head, Buffer.from(await content.arrayBuffer()), NEW_LINE])
      continue
    }
    yield head
    yield* content.stream()
    yield NEW_LINE
  }
  yield Buffer.from(`--${boundary}--\r\n`)
}

const NEW_LINE = Buffer.from('\r\n')

/** As browsers write the names of files: nothing in them ends the header. */
function escaped(name: string): string {
  return name.replace(/[\r\n"]/g, (character) => encodeURIComponent(character))
}
