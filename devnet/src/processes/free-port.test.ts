import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { freePort } from './free-port.ts'

test('a free port is none that connections which go out may take in the meantime', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, () => freePort(0, '--port')))
  for (const port of ports) {
    expect(port).toBeGreaterThanOrEqual(15_000)
    expect(port).toBeLessThan(32_768)
  }
  expect(new Set(ports).size).toBeGreaterThan(40)
})

test('a port that is taken is refused by the name of its setting, and one that is free is given', async () => {
  const port = await freePort(0, '--port')
  expect(await freePort(port, '--port')).toBe(port)
  const server = createServer().listen(port, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  await expect(freePort(port, '--page-port')).rejects.toThrow(/--page-port/)
})
