import { pino } from 'pino'
import { expect, it } from 'vitest'
import { GatewayUnavailableError } from '../errors.js'
import { waitForGateway } from './gateway-wait.js'

it('tells each try that failed, counts them, and gives up with the last error', async () => {
  const told: { try: string; reason: string; msg: string }[] = []
  const logger = pino({ level: 'warn' }, { write: (line: string) => void told.push(JSON.parse(line)) })
  const policy = { tries: 3, firstDelay: 1, maxDelay: 2 }
  const { signal } = new AbortController()
  let asked = 0
  const ask = async () => {
    // Each failure is told before the next try.
    expect(told).toHaveLength(asked++)
    throw new GatewayUnavailableError({ url: 'http://127.0.0.1:1', reason: 'connect ECONNREFUSED' })
  }
  await expect(waitForGateway(ask, { logger, signal, policy })).rejects.toThrow('check that it runs')
  expect(told.map((line) => line.try)).toEqual(['1 of 3', '2 of 3', '3 of 3'])
  for (const { msg, reason } of told) expect([msg, reason].join(': ')).toMatch(/does not answer: .*ECONNREFUSED/)
})

it('says nothing where the first try succeeds', async () => {
  const told: string[] = []
  const logger = pino({ level: 'trace' }, { write: (line: string) => void told.push(line) })
  const { signal } = new AbortController()
  expect(await waitForGateway(async () => 7, { logger, signal })).toBe(7)
  expect(told).toEqual([])
})

it('tells that it waits while a try gets no answer, and no longer', async () => {
  const { promise: answer, resolve } = Promise.withResolvers<number>()
  const told: { try: string; seconds: number; msg: string }[] = []
  const write = (line: string) => {
    told.push(JSON.parse(line))
    if (told.length === 3) resolve(7)
  }
  const { signal } = new AbortController()
  const policy = { tries: 5, firstDelay: 1, maxDelay: 1 }
  const wait = { logger: pino({ level: 'warn' }, { write }), signal, policy, silence: 1 }
  expect(await waitForGateway(() => answer, wait)).toBe(7)
  expect(told).toMatchObject(Array(3).fill({ try: '1 of 5', msg: 'waiting for an answer of polyswarmd' }))
})
