import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { containsEicar, eicarTestFile } from '../../artifacts/eicar.ts'
import { AnalysisError, BackendError } from '../../errors.ts'
import { conformanceCases } from '../../testing/conformance.ts'
import { HttpBackend } from './http-backend.ts'

let server: Server | undefined

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/scan`
}

afterEach(() => {
  server?.close()
  server?.closeAllConnections()
})

function analyze(backend: HttpBackend, content: Uint8Array, metadata = {}, signal = AbortSignal.timeout(10_000)) {
  return backend.analyze({ content, artifactType: 'file', metadata, signal })
}

async function honest(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const content = new Uint8Array(Buffer.concat(await request.toArray()))
  const finding = containsEicar(content)
    ? { outcome: 'malicious', confidence: 1, family: 'EICAR' }
    : { outcome: 'benign', confidence: 0.7 }
  response.end(JSON.stringify({ ...finding, versions: { vendor: 'engine 1', signatures: '7' } }))
}

describe('the http backend', () => {
  it('posts the artifact and takes the answer, with the versions it names', async () => {
    let asked: IncomingMessage['headers'] = {}
    const backend = new HttpBackend({
      url: await serve((request, response) => {
        asked = request.headers
        void honest(request, response)
      }),
    })
    const metadata = { filename: 'a\r\nx-evil: 1 \u202e' }
    expect(await analyze(backend, eicarTestFile(), metadata)).toEqual({
      outcome: 'malicious',
      confidence: 1,
      family: 'EICAR',
    })
    expect(backend.versions).toEqual({ vendor: 'engine 1', signatures: '7' })
    expect(asked['x-artifact-type']).toBe('file')
    expect(JSON.parse(String(asked['x-artifact-metadata']))).toEqual(metadata)
    expect(asked['x-evil']).toBeUndefined()
  })

  it.each<[string, (response: ServerResponse) => void]>([
    ['an error', (response) => response.writeHead(500).end('{"outcome":"benign","confidence":1}')],
    ['a redirection', (response) => response.writeHead(307, { location: 'http://169.254.169.254/' }).end()],
    ['no JSON', (response) => response.end('benign')],
    ['no finding', (response) => response.end('{"outcome":"clean"}')],
    ['an answer without end', (response) => response.end('x'.repeat(300_000))],
    [
      'half an answer',
      (response) => void response.writeHead(200, { 'content-length': 50 }).write('{', () => response.destroy()),
    ],
    ['nothing', (response) => response.destroy()],
  ])('takes %s for an error, never for benign', async (_name, answer) => {
    const backend = new HttpBackend({ url: await serve((_request, response) => answer(response)) })
    await expect(analyze(backend, eicarTestFile())).rejects.toThrow(AnalysisError)
  })

  it('lets go of a service that hangs', async () => {
    const backend = new HttpBackend({ url: await serve(() => undefined) })
    await expect(analyze(backend, eicarTestFile(), {}, AbortSignal.timeout(50))).rejects.toThrow(/time/i)
  })

  it.each(['file:///etc/passwd', 'nonsense', 'http://user:secret@host/'])('refuses the address %s', (url) => {
    expect(() => new HttpBackend({ url })).toThrow(BackendError)
  })

  describe('keeps the rules of backends:', () => {
    const cases = conformanceCases({ make: () => new HttpBackend({ url }), knowsEicar: true })
    let url = ''
    it.each(cases)('$title', async ({ run }) => {
      url = await serve((request, response) => void honest(request, response).catch(() => undefined))
      await run()
    })
  })
})
