import type { Writable } from 'node:stream'
import { DurableFile } from '../download/durable-file.js'

/** Where results go: standard output, or a file that is there once all of them are in it. */
export interface Output {
  write: (text: string) => Promise<void>
  end: () => Promise<void>
}

/** @throws OutputFileError where there can be no such file. */
export async function openOutput(path: string | undefined, stdout: Writable): Promise<Output> {
  if (path === undefined) return { write: (text) => written(stdout, text), end: async () => undefined }
  const file = await DurableFile.create(path, { replace: true })
  return { write: (text) => file.write(text), end: () => file.commit() }
}

/** Waits until it is taken: who reads may be slower than the answers come. */
async function written(stream: Writable, text: string): Promise<void> {
  if (text === '') return
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  stream.write(text, (error) => (error ? reject(error) : resolve()))
  await promise
}
