import { expect, test } from 'vitest'
import { PageOptionError } from './errors.ts'
import { openPage } from './open-page.ts'

const OPTIONS = { host: '127.0.0.1', port: '0', allowedHosts: '' }

test.each([
  [{}, /--polyswarmd: give the URL/],
  [{ polyswarmd: 'ftp://127.0.0.1' }, /--polyswarmd: give an http/],
  [{ service: '127.0.0.1:9696' }, /--service: give an http/],
  [{ service: 'http://127.0.0.1:9696/v3', port: '65536' }, /--port: give a whole number/],
  [{ service: 'http://127.0.0.1:9696/v3', host: '192.0.2.1' }, /--port: listen/],
])('%j is refused', async (options, reason) => {
  const refused = openPage({ ...OPTIONS, ...options })
  await expect(refused).rejects.toThrow(PageOptionError)
  await expect(refused).rejects.toThrow(reason)
})

test('the page is told what is behind it', async () => {
  const page = await openPage({ ...OPTIONS, service: 'http://127.0.0.1:1/v3', allowedHosts: 'A.example,b.example' })
  try {
    const said = await (await fetch(`${page.url}/page.json`)).json()
    expect(said).toEqual({ daemon: false, service: true, arbiter: false, dev: false, names: {} })
    expect((await fetch(`${page.url}/api/daemon/status`)).status).toBe(404)
    expect((await fetch(`${page.url}/api/service/openapi.json`)).status).toBe(502)
  } finally {
    await page.close()
  }
})
