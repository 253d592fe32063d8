import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { WebhookResult } from '@polyswarm/protocol/consumer'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ConsumerService } from '../consumer-service.fixture.ts'
import { runCommand } from '../run-command.fixture.ts'

let service: ConsumerService
let directory: string
let hooks: WebhookResult[]
let bodies: { secret?: string; webhook_uri?: string; events?: string[] }[]
let answers: boolean
beforeEach(async () => {
  service = await ConsumerService.start()
  directory = mkdtempSync(join(tmpdir(), 'polyswarm-webhook-'))
  hooks = []
  bodies = []
  answers = true
  service.misbehave = (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', service.url)
    const route = `${request.method} ${pathname.replace('/v3/notification/webhook', '')}`
    Array.fromAsync(request as AsyncIterable<Buffer>).then((parts) => {
      const given = Buffer.concat(parts).toString()
      const hook = hooks.find(({ id }) => id === searchParams.get('id'))
      if (given.startsWith('{')) bodies.push(JSON.parse(given))
      if (route === 'GET /list') return service.answer(response, { result: hooks, has_more: false, limit: 20 })
      if (route === 'POST ') hooks.push(webhook(bodies.at(-1) ?? {}))
      const result = route === 'POST ' ? hooks.at(-1) : hook
      if (!result) return service.refuse(response, 404, 'There is no such webhook.')
      if (route === 'POST /test') return service.answer(response, { result: { answered: answers } })
      if (route === 'PUT ') Object.assign(result, { status: 'disabled' })
      if (route === 'DELETE ') hooks.splice(hooks.indexOf(result), 1)
      return service.answer(response, { result })
    })
    return true
  }
})
afterEach(async () => {
  await service.stop()
  rmSync(directory, { recursive: true })
})

function webhook({ webhook_uri = '', events = [] }: { webhook_uri?: string; events?: string[] }): WebhookResult {
  const account = { account_number: '1', team_account_number: null }
  return { id: '3', webhook_uri, ...account, status: 'enabled', events, state: 'pending' }
}

const polyswarm = (...words: string[]) => runCommand(['-u', service.url, 'notification', 'webhook', ...words])

it('a webhook is made with a secret from a file, shown, changed, pinged and forgotten', async () => {
  const secret = join(directory, 'secret')
  writeFileSync(secret, 'correct horse\n')
  const made = await polyswarm(
    'create',
    'https://a.example/hook',
    '--secret-file',
    secret,
    '--event',
    'instance_judged',
  )
  expect(made.stdout).toBe('3        https://a.example/hook\n  enabled, pending: instance_judged\n')
  expect(bodies[0]).toMatchObject({ secret: 'correct horse', events: ['instance_judged'] })
  expect(made.stdout).not.toContain('correct horse')
  expect((await polyswarm('list', '--fmt', 'ndjson')).stdout).toContain('"id":"3"')
  expect((await polyswarm('update', '3', '--status', 'disabled')).stdout).toContain('disabled')
  expect(bodies[1]).toEqual({ status: 'disabled' })
  expect((await polyswarm('test', '3')).status).toBe(0)
  answers = false
  expect(await polyswarm('test', '3')).toMatchObject({ status: 1, stderr: expect.stringMatching(/did not answer/) })
  expect((await polyswarm('delete', '3')).status).toBe(0)
  expect((await polyswarm('list')).status).toBe(1)
  expect((await polyswarm('get', '3')).status).toBe(1)
})

it.each([
  [['create', 'https://a.example/hook']],
  [['create', 'https://a.example/hook', '--secret-file', '/nothing/there']],
  [['create', 'https://a.example/hook', '--event', 'sandbox_done', '--secret-file', '/nothing/there']],
  [['get', 'three']],
  [['rename', '3']],
])('%j is refused with one sentence', async (words) => {
  const { status, stderr } = await polyswarm(...words)
  expect([status, stderr === '']).toEqual([2, false])
  expect(hooks).toEqual([])
})
