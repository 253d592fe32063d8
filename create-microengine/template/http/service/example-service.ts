import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** A service that judges what is posted to it. Yours can be written in any language. */
export interface ExampleService {
  url: string
  stop(): Promise<void>
}

/** The EICAR test file, encoded so that no virus scanner takes this source for it. */
const EICAR = Buffer.from(
  'WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo=',
  'base64',
)

/** Starts it on a free port of this machine. */
export async function startExampleService(): Promise<ExampleService> {
  const server = createServer(async (request, response) => {
    try {
      const content = await buffer(request)
      response.setHeader('content-type', 'application/json').end(JSON.stringify(judge(content)))
    } catch {
      response.destroy()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    stop: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

function judge(content: Buffer) {
  if (content.length === 0) return { outcome: 'unknown', confidence: 0 }
  if (content.includes(EICAR)) return { outcome: 'malicious', confidence: 1, family: 'EICAR-Test-File' }
  return { outcome: 'benign', confidence: 0.6 }
}
