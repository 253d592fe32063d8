import { configure, ZipWriter } from '@zip.js/zip.js'

/** The password of everything that leaves, as is the custom: it keeps scanners and curious fingers off, and is no secret. */
const ZIP_PASSWORD = 'infected'

configure({ useWebWorkers: false })

/** A file of an archive. */
export interface ZippedFile {
  name: string
  content: Blob
}

/**
 * A ZIP archive of encrypted files, each of which is opened when the one before it was taken. ZipCrypto is what every unzip
 * program reads; the password is known to everybody.
 */
export function encryptedZip(files: AsyncIterable<ZippedFile> | Iterable<ZippedFile>): ReadableStream<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  const zip = new ZipWriter(writable, { password: ZIP_PASSWORD, zipCrypto: true, level: 0 })
  const write = async (): Promise<void> => {
    for await (const { name, content } of files) await zip.add(name, content.stream() as ReadableStream)
    await zip.close()
  }
  // What goes wrong on the way ends the stream.
  write().catch((error: unknown) => writable.abort(error).catch(() => undefined))
  return readable
}
