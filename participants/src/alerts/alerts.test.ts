import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseJson } from '@polyswarm/protocol'
import { pino } from 'pino'
import { privateKeyToAddress } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebhookPausedError } from '../errors.ts'
import { Metrics } from '../runtime/reports/metrics.ts'
import { WebhookSecret } from '../webhook/webhook-secret.ts'
import { WebhookSender } from '../webhook/webhook-sender.ts'
import { AlertWebhook } from './alert-webhook.ts'
import { type AlertNotice, Alerts } from './alerts.ts'
import { BalanceWatch } from './balance-watch.ts'

const account = privateKeyToAddress(`0x${'11'.repeat(32)}`)
const logger = pino({ level: 'silent' })
const secret = new WebhookSecret('shared')

/** What a receiver got, and how it answers next. */
const got: { notice: AlertNotice; isSigned: boolean }[] = []
let statuses: number[] = []
const ids: string[] = []
const webhookOf = (pause = 1) => new AlertWebhook({ sender: new WebhookSender({ url, secret, logger }), logger, pause })
const receiver = createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray())
  const isSigned = secret.isSigned(body, String(request.headers['x-polyswarm-signature']))
  const status = statuses.shift() ?? 204
  const event = String(request.headers['x-polyswarm-event'])
  ids.push(`${event} ${request.headers['x-polyswarm-delivery']}`)
  if (status < 300 && event === 'alert') got.push({ notice: parseJson(body.toString()) as AlertNotice, isSigned })
  response.writeHead(status).end()
})
let url: string
beforeAll(async () => {
  receiver.listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/alerts`
})
afterAll(() => {
  receiver.close()
  receiver.closeAllConnections()
})

test('an alert is told once when it begins and once when it is over, in the metric and to the webhook, signed', async () => {
  const webhook = webhookOf()
  const metrics = new Metrics()
  const alerts = new Alerts({ account, logger, metrics, tell: (notice) => webhook.send(notice) })
  alerts.clear('low_balance_side')
  alerts.raise('low_balance_side', 'It has 1 NCT.')
  alerts.raise('low_balance_side', 'It has 0.5 NCT.')
  await webhook.idle()
  expect(metrics.text()).toContain('polyswarm_alerts{alert="low_balance_side"} 1')
  alerts.clear('low_balance_side', 'It has 20 NCT again.')
  await webhook.idle()
  expect(metrics.text()).toContain('polyswarm_alerts{alert="low_balance_side"} 0')
  const told = { alert: 'low_balance_side', account, time: expect.stringMatching(/^\d{4}-.*Z$/) }
  expect(got.splice(0)).toEqual([
    { isSigned: true, notice: { ...told, active: true, text: 'It has 1 NCT.' } },
    { isSigned: true, notice: { ...told, active: false, text: 'It has 20 NCT again.' } },
  ])
})

test('a receiver that fails is asked again, one that refuses is not, and what is no longer true is not sent', async () => {
  const webhook = webhookOf()
  const notice = { alert: 'a', active: true, text: 'x', account, time: '' }
  ids.length = 0
  // The first answers are those to a ping.
  statuses = [204, 503, 500]
  webhook.send(notice)
  await webhook.idle()
  expect(got.splice(0).map(({ notice: { active } }) => active)).toEqual([true])
  const [ping, ...tries] = ids.splice(0)
  expect(ping).toMatch(/^ping /)
  // What is tried again has the same id.
  expect([tries.length, new Set(tries).size]).toEqual([3, 1])
  statuses = [410]
  webhook.send(notice)
  await webhook.idle()
  expect(got).toEqual([])
  statuses = [503]
  webhook.send({ ...notice, text: 'old' })
  webhook.send({ ...notice, active: false, text: 'new' })
  await webhook.idle()
  expect(got.splice(0).map(({ notice: { text } }) => text)).toEqual(['new'])
})

test('a receiver that is not there at first gets the alert when it is, and an alert that is over does not wait', async () => {
  let tries = 0
  const delivered: string[] = []
  const sender: ConstructorParameters<typeof AlertWebhook>[0]['sender'] = {
    deliver: async ({ body }) => {
      if (++tries < 4) throw new WebhookPausedError({ url, state: 'pending' })
      delivered.push((parseJson(Buffer.from(body).toString()) as AlertNotice).text)
      return { status: 204, body: Buffer.alloc(0) }
    },
  }
  const notice = { alert: 'a', active: true, text: 'there', account, time: '' }
  const webhook = new AlertWebhook({ sender, logger, pause: 1 })
  webhook.send(notice)
  await webhook.idle()
  expect([tries, delivered]).toEqual([4, ['there']])
  tries = 0
  const patient = new AlertWebhook({ sender, logger, pause: 3_600_000 })
  patient.send(notice)
  patient.close()
  await patient.idle()
  expect(delivered).toEqual(['there'])
})

test('a balance below its floor is an alert, and coin for gas only where gas is not free', async () => {
  let balance = { nct: 5n * 10n ** 18n, eth: 0n, price: 0n }
  const client = {
    chain: 'side',
    balance: async (kind: 'nct' | 'eth') => balance[kind],
    quote: async () => ({ gas_price: balance.price }),
  } as unknown as ConstructorParameters<typeof BalanceWatch>[0]['client']
  const told: string[] = []
  const alerts = new Alerts({ account, logger, tell: ({ alert, active }) => told.push(`${alert} ${active}`) })
  const metrics = new Metrics()
  const watch = new BalanceWatch({ client, alerts, metrics, logger, floors: { nct: 10n ** 19n, coin: 10n ** 16n } })
  const look = () => watch.look(new AbortController().signal)
  await look()
  await look()
  expect(told.splice(0)).toEqual(['low_balance_side true'])
  expect(metrics.text()).toContain('polyswarm_balance_nct{chain="side"} 5')
  balance = { nct: 10n ** 19n, eth: 10n ** 16n - 1n, price: 1n }
  await look()
  expect(told.splice(0)).toEqual(['low_balance_side false', 'low_gas_side true'])
  balance = { ...balance, eth: 10n ** 16n }
  await look()
  expect(told).toEqual(['low_gas_side false'])
})
