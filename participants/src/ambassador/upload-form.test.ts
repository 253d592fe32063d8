import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { uploadForm } from './upload-form.ts'

/** As the runtime reads it, which has its own idea of forms. */
async function read(files: { name: string; content: Blob }[]) {
  const { contentType, content } = uploadForm(files)
  const form = await new Response(await buffer(content), { headers: { 'content-type': contentType } }).formData()
  return Promise.all(
    form.getAll('file').map(async (entry) => {
      if (typeof entry === 'string') throw new TypeError('a text is no file')
      return { name: entry.name, bytes: Buffer.from(await entry.arrayBuffer()).toString('latin1') }
    }),
  )
}

it('holds the files that were given, in their order, whatever is in them and whatever they are called', async () => {
  const contents = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.uint8Array({ minLength: 65_500, maxLength: 70_000 }),
    fc.constantFrom('\r\n--', '--\r\n\r\n').map((text) => new TextEncoder().encode(text)),
  )
  const names = fc
    .string({ unit: 'grapheme', minLength: 1 })
    .filter((name) => !/[\\/\0]/.test(name) && name.isWellFormed())
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ name: names, bytes: contents }), { minLength: 1, maxLength: 5 }),
      async (files) => {
        const got = await read(files.map(({ name, bytes }) => ({ name, content: new Blob([new Uint8Array(bytes)]) })))
        expect(got.map(({ bytes }) => bytes)).toEqual(files.map(({ bytes }) => Buffer.from(bytes).toString('latin1')))
        expect(got.map(({ name }) => name)).toEqual(files.map(({ name }) => name))
      },
    ),
    { numRuns: 50 },
  )
})

it('has no header that a name of a file could end', async () => {
  const name = 'a"\r\nContent-Type: text/html\r\n\r\nx'
  const [file] = await read([{ name, content: new Blob(['content']) }])
  expect(file?.bytes).toBe('content')
})
