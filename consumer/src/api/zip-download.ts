import { configure, ZipWriter } from '@zip.js/zip.js'

/** The password of everything that leaves, as is the custom: it keeps scanners and curious fingers off, and is no secret. */
const ZIP_PASSWORD = 'infected'

configure({ useWebWorkers: false })

/**
 * A ZIP archive with one encrypted file in it. ZipCrypto is what every unzip program reads; the password is known to everybody.
 *
 * @param name of the file inside.
 */
export function encryptedZip(name: string, content: Blob): ReadableStream<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  const zip = new ZipWriter(writable, { password: ZIP_PASSWORD, zipCrypto: true, level: 0 })
  // What goes wrong on the way ends the stream.
  zip
    .add(name, content.stream() as ReadableStream)
    .then(() => zip.close())
    .catch((error: unknown) => writable.abort(error).catch(() => undefined))
  return readable
}
