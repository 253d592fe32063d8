import { expect, test } from 'vitest'
import { servedPage } from './served-page.ts'

const OPTIONS = {
  host: '127.0.0.1',
  allowedHosts: ['Market.example'],
  service: 'http://127.0.0.1:1/v3',
  daemon: new URL('http://127.0.0.1:1'),
}

test('a service has a page where it is told to, on a port that is free', async () => {
  expect(await servedPage(OPTIONS)).toBeUndefined()
  await expect(servedPage({ ...OPTIONS, pagePort: 65_536 })).rejects.toThrow('--page-port')
  const page = await servedPage({ ...OPTIONS, pagePort: 0 })
  try {
    const answer = await fetch(`${page?.url}/page.json`)
    expect(await answer.json()).toMatchObject({ daemon: true, service: true, dev: false })
    const taken = Number(new URL(page?.url ?? '').port)
    await expect(servedPage({ ...OPTIONS, pagePort: taken })).rejects.toThrow('--page-port')
  } finally {
    await page?.close()
  }
})
