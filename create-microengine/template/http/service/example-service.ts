import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** A service that judges what is posted to it. Yours can be written in any language. */
export interface ExampleService {
  url: string
  stop(): Promise<void>
}

/** The EICAR test file, encoded so that no virus scanner takes this source for it. */ // only:file
const EICAR = Buffer.from( // only:file
  'WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo=', // only:file
  'base64', // only:file
) // only:file
/** Where this example knows harm to be: a name that ends in .example belongs to nobody. */ // only:url
const BAD_HOST = /(^|\.)malware\.example\.?$/ // only:url
 // only:url
/** Bytes; what is longer, no browser would open. */ // only:url
const MAX_LENGTH = 2_048 // only:url
 // only:url
/** The URL that an artifact holds; none where it holds anything else, whatever its ambassador says of it. */ // only:url
function urlOf(content: Uint8Array): URL | null { // only:url
  if (content.length > MAX_LENGTH) return null // only:url
  const text = Buffer.from(content).toString() // only:url
  // What is no UTF-8, or cannot be seen, is no part of a URL; a parser would pass over some of it. // only:url
  if (/[\ufffd\p{Cc}\p{Z}]/u.test(text) || !/^https?:\/\//i.test(text)) return null // only:url
  return URL.parse(text) // only:url
} // only:url

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
  if (content.length === 0) return { outcome: 'unknown', confidence: 0 } // only:file
  if (content.includes(EICAR)) return { outcome: 'malicious', confidence: 1, family: 'EICAR-Test-File' } // only:file
  const url = urlOf(content) // only:url
  if (!url) return { outcome: 'unknown', confidence: 0 } // only:url
  if (BAD_HOST.test(url.hostname)) return { outcome: 'malicious', confidence: 1, family: 'Example' } // only:url
  return { outcome: 'benign', confidence: 0.6 }
}
