import { describe, expect, it } from 'vitest'
import { InvalidGatewayAddressError } from '../errors.ts'
import { parseGatewayUrl } from './gateway-url.ts'

describe('parseGatewayUrl', () => {
  it.each([
    ['polyswarmd:31337', 'http://polyswarmd:31337/'],
    ['localhost:31337', 'http://localhost:31337/'],
    ['127.0.0.1:31337', 'http://127.0.0.1:31337/'],
    ['http://localhost:31337/', 'http://localhost:31337/'],
    ['https://api.example.org/v1/default/', 'https://api.example.org/v1/default'],
    ['api.example.org/v1/default', 'http://api.example.org/v1/default'],
  ])('reads %s', (text, href) => {
    expect(parseGatewayUrl(text).href).toBe(href)
  })

  it.each(['', 'ftp://host', 'file:///etc/passwd', 'http://user:secret@host', 'http://host/?a=b', 'http://'])(
    'refuses "%s"',
    (text) => {
      expect(() => parseGatewayUrl(text)).toThrow(InvalidGatewayAddressError)
    },
  )

  it('does not repeat a password in its error', () => {
    expect(() => parseGatewayUrl('http://user:secret@host')).toThrow(/^(?!.*secret)/)
  })
})
