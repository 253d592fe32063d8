import { describe, expect, test } from 'vitest'
import { failure, HELLO_WORLD, type RouteMarket, success } from './route-market.ts'

/** Storing artifacts, and having them back. */
export function artifactRoutes(shared: RouteMarket): void {
  describe('artifacts', () => {
    test('are named by their order, and come back byte by byte with a type that no browser shows', async () => {
      const { body } = await shared.api.upload(['hello world\n', '<script>alert(1)</script>'])
      const uri = body.result as string
      const { body: list } = await shared.api.get(`/artifacts/${uri}/`)
      expect(list.result).toEqual([
        { name: '000000', hash: HELLO_WORLD },
        { name: '000001', hash: expect.stringMatching(/^Qm/) },
      ])
      const response = await fetch(`${shared.daemon.url}/artifacts/${uri}/1/`)
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/octet-stream'])
      expect(await response.text()).toBe('<script>alert(1)</script>')
      expect(await shared.api.get(`/artifacts/${uri}/0/stat`)).toEqual(
        success({
          hash: HELLO_WORLD,
          name: '000000',
          num_links: 0,
          block_size: 20,
          links_size: 2,
          data_size: 18,
          cumulative_size: 20,
        }),
      )
      expect(await shared.api.get(`/artifacts/${HELLO_WORLD}`)).toEqual(success([{ name: '', hash: HELLO_WORLD }]))
      expect(await shared.api.get('/artifacts/status')).toEqual(success({ online: true }))
    })

    test('are refused empty, too large, too many, or under another name; exactly as many and as large as allowed are not', async () => {
      expect(await shared.api.upload([])).toEqual(failure(400, 'No artifacts'))
      expect(await shared.api.upload(['x'], 'files')).toEqual(failure(400, 'No artifacts'))
      expect(await shared.api.upload(['x', ''])).toEqual(failure(400, 'Artifact empty'))
      expect(await shared.api.upload([new Uint8Array(1_000_001)])).toEqual(failure(413, 'Artifact too large'))
      expect((await shared.api.upload([new Uint8Array(1_000_000)])).status).toBe(200)
      expect(await shared.api.upload(Array.from({ length: 257 }, (_, i) => `${i}`))).toEqual(
        failure(400, 'Too many artifacts'),
      )
      expect((await shared.api.upload(Array.from({ length: 256 }, (_, i) => `${i}`))).status).toBe(200)
      expect(await shared.api.post('/artifacts', { file: 'x' })).toEqual(failure(400, 'No artifacts'))
    })

    test.each([
      ['multipart/form-data', 'no boundary'],
      ['multipart/form-data; boundary=x', '--x\r\nnonsense\r\n\r\nbytes'],
      [
        'multipart/form-data; boundary=x',
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\ncut off',
      ],
      ['multipart/form-data; boundary=x', ''],
      [
        'multipart/form-data; boundary=x',
        '--x\r\nContent-Disposition: form-data; name="__proto__"; filename="a"\r\n\r\nx\r\n--x--',
      ],
    ])('malformed multipart is the sender’s fault: %s %j', async (type, text) => {
      const { status, body } = await shared.api.send('POST', '/artifacts', text, type)
      expect([status, body.status]).toEqual([400, 'FAIL'])
    })

    test('that are not there are 404, what cannot be an address is 400', async () => {
      const missing = 'QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH'
      expect(await shared.api.get('/artifacts/0OIl')).toEqual(failure(400, 'Invalid artifact URI'))
      expect(await shared.api.get('/artifacts/..%2f..%2fetc')).toEqual(failure(400, 'Invalid artifact URI'))
      expect(await shared.api.get(`/artifacts/${missing}`)).toEqual(
        failure(404, `Artifact with URI ${missing} not found`),
      )
      expect(await shared.api.get(`/artifacts/${HELLO_WORLD}/1`)).toEqual(
        failure(404, `Artifact with URI ${HELLO_WORLD}/1 not found`),
      )
      expect((await shared.api.get(`/artifacts/${HELLO_WORLD}/x`)).status).toBe(404)
      expect((await shared.api.get(`/artifacts/${HELLO_WORLD}/99999999999999999999`)).status).toBe(404)
    })
  })
}
