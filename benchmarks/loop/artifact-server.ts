import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parentPort } from 'node:worker_threads'

/**
 * Serves one artifact as polyswarmd does, in a thread of its own, so that serving is not measured. It is told what by
 * messages, and answers each with its port.
 */
let artifact = { address: '', content: new Uint8Array() }

const server = createServer((request, response) => {
  const isList = !/\/0\/(\?|$)/.test(request.url ?? '')
  const list = { status: 'OK', result: [{ name: 'artifact', hash: artifact.address }] }
  response.end(isList ? JSON.stringify(list) : artifact.content)
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
parentPort?.on('message', (message: typeof artifact) => {
  artifact = message
  parentPort?.postMessage((server.address() as AddressInfo).port)
})
