import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ForbiddenAddressError, InvalidOptionError, WebhookDeliveryError } from '../errors.ts'
import { AddressGuard } from './address-guard.ts'
import { guardedRequest } from './guarded-request.ts'

let server: Server
let port: number
let requests = 0
beforeAll(async () => {
  server = createServer((request, response) => {
    requests++
    if (request.url === '/redirect') response.writeHead(302, { location: 'http://127.0.0.1/secret' }).end('moved')
    else if (request.url === '/large') response.end(Buffer.alloc(10_000))
    else response.end('hello')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  server.close()
  server.closeAllConnections()
})

const get = (url: string, guard = new AddressGuard()) =>
  guardedRequest({ url, guard, method: 'GET', maxBytes: 1_000, signal: AbortSignal.timeout(20_000) })

describe('an address that somebody else names', () => {
  it.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f.0.0.1/',
    'http://0.0.0.0/',
    'http://10.1.2.3/',
    'http://172.16.0.1/',
    'http://192.168.1.1/',
    'http://169.254.169.254/latest/meta-data',
    'http://100.64.0.1/',
    'http://224.0.0.1/',
    'http://255.255.255.255/',
    'http://[::1]/',
    'http://[::]/',
    'http://[fe80::1]/',
    'http://[fd00::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:10.0.0.1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'file:///etc/passwd',
    'ftp://example.org/',
    'gopher://example.org/',
    'data:text/plain,hello',
    'http://user:password@example.org/',
    'no address',
    '',
  ])('is not fetched: %s', (url) => {
    expect(() => new AddressGuard().checked(url)).toThrow(ForbiddenAddressError)
  })

  it('is fetched where it is public, or allowed', () => {
    expect(new AddressGuard().checked('https://93.184.216.34/a').pathname).toBe('/a')
    expect(new AddressGuard().checked('https://[2606:2800:220:1::1]/').protocol).toBe('https:')
    expect(new AddressGuard(['127.0.0.0/8']).checked('http://127.0.0.1/').hostname).toBe('127.0.0.1')
    expect(new AddressGuard(['127.0.0.0/8']).allows('::ffff:127.0.0.1')).toBe(true)
    expect(new AddressGuard(['127.0.0.0/8']).allows('10.0.0.1')).toBe(false)
    expect(() => new AddressGuard(['localhost'])).toThrow(InvalidOptionError)
  })

  it('never makes it throw anything else, nor lets a private IPv4 address through in whatever notation', () => {
    fc.assert(
      fc.property(fc.oneof(fc.webUrl(), fc.string()), (text) => {
        try {
          new AddressGuard().checked(text)
        } catch (error) {
          expect(error).toBeInstanceOf(ForbiddenAddressError)
        }
      }),
    )
    const octet = fc.integer({ min: 0, max: 255 })
    fc.assert(
      fc.property(octet, octet, octet, (b, c, d) => {
        const number = 10 * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d
        const guard = new AddressGuard()
        for (const host of [
          `10.${b}.${c}.${d}`,
          `${number}`,
          `0x${number.toString(16)}`,
          `[::ffff:10.${b}.${c}.${d}]`,
        ]) {
          expect(() => guard.checked(`http://${host}/`)).toThrow(ForbiddenAddressError)
        }
      }),
    )
  })

  it('is judged by what its name stands for when it is connected to', async () => {
    const before = requests
    await expect(get(`http://localhost:${port}/`)).rejects.toThrow(ForbiddenAddressError)
    expect(requests).toBe(before)
    const own = new AddressGuard(['127.0.0.1'])
    expect((await get(`http://localhost:${port}/`, own)).body.toString()).toBe('hello')
  })

  it('leads nowhere else, and sends no more than is wanted', async () => {
    const own = new AddressGuard(['127.0.0.1'])
    expect((await get(`http://127.0.0.1:${port}/redirect`, own)).status).toBe(302)
    await expect(get(`http://127.0.0.1:${port}/large`, own)).rejects.toThrow(/larger than 1000 bytes/)
    await expect(get('http://127.0.0.1:1/', own)).rejects.toThrow(WebhookDeliveryError)
  })
})
