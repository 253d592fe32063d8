import { defangedUrl } from '@polyswarm/protocol/polyscore'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isUrl, livingUrl } from './living-url.ts'

it('what a report has defanged can be asked about again', () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true }), (url) => {
      const shown = defangedUrl(url)
      expect([isUrl(shown), livingUrl(shown)]).toEqual([true, url])
    }),
  )
})

it.each([
  ['hxxps[:]//bad[.]example/', 'https://bad.example/'],
  ['192[.]0[.]2[.]7', '192.0.2.7'],
  ['invoice.exe', 'invoice.exe'],
])('%s is %s', (shown, living) => {
  expect(livingUrl(shown)).toBe(living)
})
