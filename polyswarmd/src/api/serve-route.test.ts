import { Readable } from 'node:stream'
import { type RouteAnswer, routes } from '@polyswarm/protocol/routes'
import Fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import { serve } from './serve-route.js'

const STATUS: RouteAnswer<typeof routes.status> = { community: 'test', artifact_services: {} }

async function ask(
  respond: Parameters<typeof serve<typeof routes.status>>[2],
): Promise<{ body: string; log: string[] }> {
  const log: string[] = []
  const app = Fastify({ logger: { level: 'warn', stream: { write: (line: string) => log.push(line) } } })
  serve(app, routes.status, respond)
  try {
    const answer = await fetch(`${await app.listen({ host: '127.0.0.1', port: 0 })}/status`)
    return { body: await answer.text(), log }
  } finally {
    await app.close()
  }
}

describe('a route', () => {
  it('has its answer in an envelope', async () => {
    const { body, log } = await ask(async () => STATUS)
    expect(JSON.parse(body)).toEqual({ status: 'OK', result: STATUS })
    expect(log).toEqual([])
  })

  it('that has answered by itself is left alone, and nothing is logged', async () => {
    const { body, log } = await ask(async (_, reply) => reply.send(Readable.from(['piece by ', 'piece'])))
    expect(body).toBe('piece by piece')
    expect(log).toEqual([])
  })
})
