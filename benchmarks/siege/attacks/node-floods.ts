import { randomBytes } from 'node:crypto'
import { JSON_BODY } from '../arena.ts'
import type { Attack } from '../attack.ts'
import { answerTo } from '../raw-request.ts'

const AT_ONCE = 30

/** Requests that the daemon passes on to its node, or answers from its database at a price. */
export const nodeFloods: Attack = {
  name: 'node-floods',
  tries: `ask ${AT_ONCE} times at once for what only the node knows: transactions, balances, nonces, built transactions, lists`,
  purses: {},
  pause: 8_000,
  strike: async (arena, tally) => {
    const account = arena.besieged.ambassador
    const uri = await arena.upload([Buffer.from('a question\n')])
    const { method, path, body } = question(account, uri ?? '')
    const waiting = Array.from({ length: AT_ONCE }, () => {
      const text = body?.()
      return answerTo(
        arena.ask({ method, path, headers: JSON_BODY, patience: 45_000, ...(text !== undefined && { body: text }) }),
      )
    })
    for (const answer of await Promise.all(waiting)) tally.met(`${method} ${path.split('?', 1)[0]}: ${answer}`)
  },
}

let turn = 0

function question(account: string, uri: string): { method: string; path: string; body?: () => string } {
  const who = `account=${account}`
  const hashes = () => Array.from({ length: 10 }, () => randomBytes(32).toString('hex'))
  const bounty = () => JSON.stringify({ amount: '2000000000000000000', uri, duration: 10, artifact_type: 'file' })
  const questions = [
    { method: 'GET', path: `/transactions?${who}`, body: () => JSON.stringify({ transactions: hashes() }) },
    { method: 'GET', path: `/balances/${account}/nct?${who}` },
    { method: 'GET', path: `/pending?${who}` },
    { method: 'GET', path: `/nonce?${who}` },
    { method: 'POST', path: `/bounties?${who}&preflight=1`, body: bounty },
    { method: 'GET', path: '/bounties/list?limit=100&after=0' },
    { method: 'GET', path: `/bounties?${who}&page=0&count=75` },
    { method: 'POST', path: `/staking/deposit?${who}&fees=eip1559`, body: () => '{"amount":"1"}' },
    { method: 'GET', path: `/syncing?${who}` },
    { method: 'GET', path: '/assertions/list?limit=100' },
    { method: 'GET', path: '/metrics' },
  ]
  return questions[turn++ % questions.length] as (typeof questions)[number]
}
