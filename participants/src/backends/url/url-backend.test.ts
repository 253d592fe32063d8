import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { conformanceCases } from '../../testing/conformance.ts'
import { urlBackend } from './url-backend.ts'

const outcomeOf = async (url: string) => {
  const request = { content: Buffer.from(url), artifactType: 'url' as const, metadata: {} }
  return (await urlBackend().analyze({ ...request, signal: new AbortController().signal })).outcome
}

describe('the url backend keeps the rules of backends:', () => {
  it.each(conformanceCases({ make: urlBackend, artifactType: 'url' }))('$title', ({ run }) => run())
})

it.each([
  'https://bank.example@evil.example/',
  'https://secure.eicar.org/eicar.com',
  'http://testsafebrowsing.appspot.com/s/malware.html',
  'http://192.0.2.7/invoice.pdf.exe',
  'http://0xC0.0.2.7:8080/',
  'https://login-verify-account.bank.example.evil.example/',
])('%s is malicious', async (url) => {
  expect(await outcomeOf(url)).toBe('malicious')
})

it.each([
  'https://example.org/',
  'https://www.eicar.org/about/',
  'https://en.wikipedia.org/wiki/Login',
  'https://download.example.org/manual.pdf',
])('%s is benign', async (url) => {
  expect(await outcomeOf(url)).toBe('benign')
})

it.each(['https://accounts.example.org:8443/login', 'https://example.org/setup.exe', 'http://198.51.100.1/'])(
  '%s is suspicious and nothing is bid on it',
  async (url) => {
    expect(await outcomeOf(url)).toBe('suspicious')
  },
)

it('has a finding on everything', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.webUrl({ withQueryParameters: true })), async (text) => {
      expect(['malicious', 'benign', 'suspicious']).toContain(await outcomeOf(text))
    }),
  )
})
