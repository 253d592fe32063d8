import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CarWriter } from '@ipld/car/writer'
import { newGuid } from '@polyswarm/protocol'
import { CID } from 'multiformats/cid'
import { getAddress, type Hex } from 'viem'
import { afterEach, describe, expect, it } from 'vitest'
import {
  AnswerTooLargeError,
  ApiKeyOverHttpError,
  GatewayAnswerError,
  GatewayRefusedError,
  GatewayUnavailableError,
} from '../errors.ts'
import { PolyswarmdClient } from './polyswarmd-client.ts'

const account = getAddress(`0x${'a'.repeat(40)}`)
const taken = '{"revealed":false,"keepers":true,"stored":true}'
const hash: Hex = `0x${'1'.repeat(64)}`
let server: Server | undefined
let client: PolyswarmdClient

/** A polyswarmd that answers as a test wants it to. */
async function gateway(answer: (request: IncomingMessage, response: ServerResponse) => void, timeout = 2_000) {
  server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const retry = { tries: 3, firstDelay: 1, maxDelay: 5 }
  client = new PolyswarmdClient({ url, account, chain: 'side', timeout, retry, apiKey: 'key' })
  return client
}

const always =
  (status: number, body: string, headers: Record<string, string> = {}) =>
  (_request: IncomingMessage, response: ServerResponse) =>
    void response.writeHead(status, headers).end(body)

afterEach(() => {
  client.close()
  server?.close()
  server?.closeAllConnections()
  server = undefined
})

describe('PolyswarmdClient', () => {
  it('says who asks, for which chain, and with which key', async () => {
    const seen: string[] = []
    await gateway((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers.authorization}`)
      response.end('{"status":"OK","result":3}')
    })
    expect(await client.nonce()).toBe(3)
    expect(seen).toEqual([`GET /nonce?account=${account}&chain=side&ignore_pending=+ key`])
  })

  it('reads amounts that no double can hold', async () => {
    await gateway(
      always(
        200,
        '{"status":"OK","result":{"minimum_stake":10000000000000000000000001,"maximum_stake":1,"vote_ratio_numerator":9,"vote_ratio_denominator":10}}',
      ),
    )
    expect((await client.stakingParameters()).minimum_stake).toBe(10_000_000_000_000_000_000_000_001n)
  })

  it('asks a daemon that is older than the questions about many about each', async () => {
    const seen: string[] = []
    const known: Record<string, string> = { assertions: '[]', votes: '[]', settlements: '[]', openings: taken }
    await gateway((request, response) => {
      const path = request.url?.split('?')[0] ?? ''
      seen.push(`${request.method} ${path}`)
      const result = path.startsWith('/bounties/') ? known[path.split('/').at(-1) ?? ''] : undefined
      if (result === undefined) response.writeHead(404).end('{"message":"404 Not Found"}')
      else response.end(`{"status":"OK","result":${result}}`)
    })
    const [one, other] = [newGuid(), newGuid()]
    const empty = { assertions: [], votes: [], settlements: [] }
    expect(await client.outcomes([one, other])).toEqual(new Map([[one, { guid: one, ...empty }]]))
    const opening = { author: account, nonce: '1', verdicts: [true], metadata: '' }
    const results = await Promise.all([one, other].map((guid) => client.handOver(guid, opening)))
    expect(results).toEqual([JSON.parse(taken), JSON.parse(taken)])
    expect(seen.filter((line) => line.startsWith('POST')).sort()).toEqual(
      ['POST /openings', `POST /bounties/${one}/openings`, `POST /bounties/${other}/openings`].sort(),
    )
  })

  it('hands openings over together, and tells each what became of its own', async () => {
    const bodies: { openings: { bounty_guid: string }[] }[] = []
    await gateway(async (request, response) => {
      const body = JSON.parse(Buffer.concat(await request.toArray()).toString())
      bodies.push(body)
      const results = body.openings.map((_: unknown, index: number) => (index === 1 ? '{"refused":"no"}' : taken))
      response.end(`{"status":"OK","result":[${results}]}`)
    })
    const guids = [newGuid(), newGuid(), newGuid()]
    const opening = { author: account, nonce: '1', verdicts: [true], metadata: '' }
    const results = await Promise.allSettled(guids.map((guid) => client.handOver(guid, opening)))
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(bodies.map(({ openings }) => openings.map(({ bounty_guid }) => bounty_guid))).toEqual([guids])
    await expect(client.handOver(newGuid(), { ...opening, document: ['x'.repeat(200_000)] })).resolves.toBeDefined()
  })

  it('tries again what can pass, after the time it was asked to wait', async () => {
    let requests = 0
    await gateway((_request, response) => {
      requests++
      if (requests === 1) response.writeHead(429, { 'retry-after': '0' }).end()
      else if (requests === 2) response.writeHead(503).end('{"status":"FAIL","errors":"later"}')
      else response.end('{"status":"OK","result":1}')
    })
    expect(await client.nonce()).toBe(1)
    expect(requests).toBe(3)
  })

  it('gives up with an error that can be retried', async () => {
    await gateway(always(500, '{"message":""}'))
    await expect(client.nonce()).rejects.toMatchObject({ code: 'GATEWAY_UNAVAILABLE', retryable: true })
  })

  it('does not try again what was refused', async () => {
    let requests = 0
    await gateway((_request, response) => {
      requests++
      response.writeHead(404).end('{"status":"FAIL","errors":"Bounty not found"}')
    })
    await expect(client.bountyTerms(newGuid())).rejects.toThrow(GatewayRefusedError)
    await expect(client.bountyTerms(newGuid())).rejects.toThrow(/404: Bounty not found/)
    expect(requests).toBe(2)
  })

  it.each([
    ['no JSON', '<html>'],
    ['no envelope', '{"result":1}'],
    ['a text for a number', '{"status":"OK","result":"1"}'],
    ['a negative nonce', '{"status":"OK","result":-1}'],
    ['no result', '{"status":"OK"}'],
  ])('makes nothing of %s', async (_name, body) => {
    await gateway(always(200, body))
    await expect(client.nonce()).rejects.toThrow(GatewayAnswerError)
  })

  it('does not wait for ever', async () => {
    await gateway(() => undefined, 50)
    await expect(client.nonce()).rejects.toThrow(GatewayUnavailableError)
  })

  it('does not read without end', async () => {
    await gateway((_request, response) => {
      const more = (): void => {
        while (response.write(Buffer.alloc(65_536)));
        response.once('drain', more)
      }
      more()
    })
    const limit = { maxBytes: 1_000_000 }
    await expect(client.artifact('Qm', 0, limit)).rejects.toThrow(AnswerTooLargeError)
  })

  it('sends the body that GET /transactions needs, and reads the failure of one of them', async () => {
    let body = ''
    await gateway(async (request, response) => {
      body = Buffer.concat(await request.toArray()).toString()
      const errors = { errors: [`transaction ${hash}: transaction failed at block 3, check parameters`], transfers: [] }
      response.writeHead(400).end(JSON.stringify({ status: 'FAIL', errors }))
    })
    const { errors } = await client.transactionEvents([hash])
    expect(JSON.parse(body)).toEqual({ transactions: [hash] })
    expect(errors?.[0]).toMatch(/transaction failed/)
  })

  it('keeps the answer for each transaction when one was refused', async () => {
    const errors = [{ is_error: true, message: 'nonce too low' }]
    await gateway(always(400, JSON.stringify({ status: 'FAIL', errors })))
    expect(await client.sendTransactions([hash])).toEqual(errors)
  })

  it('stops with its signal', async () => {
    await gateway(() => undefined, 60_000)
    await expect(client.status(AbortSignal.timeout(30))).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  it('does not send a key over http to another machine', async () => {
    const url = new URL('http://polyswarmd.example:31337')
    const options = { url, account, chain: 'side', apiKey: 'key' } as const
    expect(() => new PolyswarmdClient(options)).toThrow(ApiKeyOverHttpError)
    client = new PolyswarmdClient({ ...options, allowKeyOverHttp: true })
  })

  it('says that nobody is there', async () => {
    await gateway(always(200, ''))
    const { url } = client
    server?.close()
    client.close()
    client = new PolyswarmdClient({ url, account, chain: 'side', retry: { tries: 1, firstDelay: 0, maxDelay: 0 } })
    await expect(client.nonce()).rejects.toThrow(/ECONNREFUSED/)
  })

  it.each([
    ['a text', '"no"'],
    ['a list', '["no", {"message": "no"}]'],
    ['an object', '{"message": "no"}'],
    ['nothing', 'null'],
    ['a number', '5'],
  ])('takes a refusal for one, also where its errors are %s', async (_name, errors) => {
    await gateway(always(400, `{"status":"FAIL","errors":${errors}}`))
    await expect(client.bounty(newGuid())).rejects.toThrow(GatewayRefusedError)
    await expect(client.quote([])).rejects.toThrow(GatewayRefusedError)
    await expect(client.sendTransactions(['0x00'])).rejects.toThrow(GatewayRefusedError)
    await expect(client.transactionEvents([hash])).rejects.toThrow(GatewayRefusedError)
  })

  describe('bountyArtifacts', () => {
    const limits = { maxArtifacts: 256, maxBytes: 1_000 }
    const root = CID.parse('QmY65h6y6zUoJjN3ripc4J2PzEvzL2VkiVXz3sCZboqPJw')
    const archive = async (blocks: { cid: CID; bytes: Uint8Array }[]) => {
      const { writer, out } = CarWriter.create([root])
      const bytes = Array.fromAsync(out)
      for (const block of blocks) await writer.put(block)
      await writer.close()
      return Buffer.concat(await bytes)
    }

    it('asks once, for an archive, and takes the list of a daemon that has none', async () => {
      const seen: string[] = []
      const list = [{ name: '000000', hash: 'QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o' }]
      await gateway(({ url, headers }, response) => {
        seen.push(`${url} ${headers.accept}`)
        response.end(JSON.stringify({ status: 'OK', result: list }))
      })
      expect(await client.bountyArtifacts(`${root}`, limits)).toEqual({ list })
      expect(seen).toHaveLength(1)
      expect(seen[0]).toContain('application/vnd.ipld.car; version=1; order=dfs; dups=y')
      await client.bountyArtifacts(`${root}`, { ...limits, wanted: new Set([0, 3]) })
      expect(seen[1]).toContain('&artifacts=0%2C3 ')
    })

    it('tries again what can pass, and refuses what was refused', async () => {
      let requests = 0
      await gateway((_request, response) => {
        if (++requests === 1) response.writeHead(503).end('{"status":"FAIL","errors":"later"}')
        else response.writeHead(404).end('{"status":"FAIL","errors":"no such artifact"}')
      })
      await expect(client.bountyArtifacts(`${root}`, limits)).rejects.toMatchObject({ code: 'GATEWAY_REFUSED' })
      expect(requests).toBe(2)
    })

    it('says so where an archive breaks off, and where another comes', async () => {
      const type = { 'content-type': 'application/vnd.ipld.car; version=1' }
      const whole = await archive([{ cid: root, bytes: Buffer.from('something else') }])
      await gateway((_request, response) => {
        response.writeHead(200, type).write(whole.subarray(0, 30), () => response.destroy())
      })
      await expect(client.bountyArtifacts(`${root}`, limits)).rejects.toMatchObject({ code: 'GATEWAY_UNAVAILABLE' })
      client.close()
      server?.close()
      await gateway((_request, response) => void response.writeHead(200, type).end(whole))
      await expect(client.bountyArtifacts(`${root}`, limits)).rejects.toMatchObject({ code: 'CONTENT_ARCHIVE' })
    })
  })
})
