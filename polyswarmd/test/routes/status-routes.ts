import { parseNct } from '@polyswarm/protocol'
import { describe, expect, test } from 'vitest'
import { failure, type RouteMarket, success } from './route-market.ts'

/** What holds for all routes, and those that tell of the daemon, its chains and balances. */
export function statusRoutes(shared: RouteMarket): void {
  describe('conventions', () => {
    test('slashes at the end make no difference', async () => {
      for (const path of ['/status', `/bounties/${shared.settled}`, '/artifacts/status']) {
        expect(await shared.api.get(`${path}/?${shared.account}`)).toEqual(
          await shared.api.get(`${path}?${shared.account}`),
        )
      }
    })

    test('OPTIONS /wallets/ is 404; a known path tells its methods; a wrong method is 405', async () => {
      expect((await shared.api.send('OPTIONS', '/wallets/')).status).toBe(404)
      expect((await shared.api.send('OPTIONS', '/transactions')).status).toBe(200)
      const { status, body } = await shared.api.send('DELETE', '/status')
      expect([status, Object.keys(body)]).toEqual([405, ['message']])
      expect(await shared.api.get('/nothing')).toMatchObject({
        status: 404,
        body: { message: expect.stringMatching(/^404 Not Found/) },
      })
    })

    test('the account comes before the chain, and any spelling of an address will do', async () => {
      expect(await shared.api.get('/nonce?chain=moon')).toEqual(failure(400, 'Account must be provided'))
      expect(await shared.api.get('/nonce?account=')).toEqual(failure(400, 'Account must be provided'))
      expect(await shared.api.get('/nonce?account=0x12')).toEqual(failure(400, 'Account must be an Ethereum address'))
      expect(await shared.api.get(`/nonce?${shared.account}&chain=moon`)).toEqual(
        failure(400, 'Chain must one of home, side'),
      )
      expect(await shared.api.get(`/nonce?${shared.account}&chain=home`)).toEqual(
        failure(400, 'Chain must one of side: this daemon has no home chain'),
      )
      const lower = shared.market.ambassador.address.slice(2).toLowerCase()
      expect(await shared.api.get(`/nonce?account=${lower}`)).toEqual(await shared.api.get(`/nonce?${shared.account}`))
    })

    test('a body that is no JSON is a bare message, a body of another type is none', async () => {
      const path = `/staking/deposit?${shared.account}`
      expect(await shared.api.send('POST', path, '{"amount":')).toMatchObject({
        status: 400,
        body: { message: expect.stringMatching(/^400 Bad Request/) },
      })
      expect(await shared.api.send('POST', path, '{"amount":"1"}', 'text/plain')).toEqual(
        failure(400, 'Invalid JSON: data must be object'),
      )
      const deep = `{"amount":${'['.repeat(30_000)}${']'.repeat(30_000)}}`
      expect((await shared.api.send('POST', path, deep)).status).toBe(400)
    })
  })

  describe('status', () => {
    test('/status tells of chains and store without an account', async () => {
      const block = await shared.moves.head()
      expect(await shared.api.get('/status')).toEqual(
        success({
          community: 'gamma',
          home: { reachable: false },
          side: { reachable: true, syncing: false, block },
          artifact_services: { ipfs: { reachable: true } },
        }),
      )
    })

    test('/contracts tells what participants pin, and keeps the URL of the node to itself', async () => {
      const { eth_uri: _uri, ...contracts } = shared.market.deployment
      expect(await shared.api.get('/contracts')).toEqual(success(contracts))
    })

    test('/syncing, /nonce, /pending', async () => {
      expect(await shared.api.get(`/syncing?${shared.account}`)).toEqual(success(false))
      expect(await shared.api.get('/syncing')).toEqual(failure(400, 'Account must be provided'))
      const nonce = await shared.market.client.getTransactionCount({ address: shared.market.ambassador.address })
      await shared.market.anvil.rpc('evm_setAutomine', [false])
      const built = await shared.api.post(`/bounties/${shared.settled}/settle?${shared.account}`)
      const transaction = built.body.result.transactions[0]
      const raw = await shared.market.ambassador.signTransaction({
        type: 'legacy',
        ...transaction,
        gas: 50_000n,
        gasPrice: 0n,
        value: 0n,
      })
      await shared.api.post(`/transactions?${shared.account}`, { transactions: [raw.slice(2)] })
      expect(await shared.api.get(`/nonce?${shared.account}`)).toEqual(success(nonce + 1))
      expect(await shared.api.get(`/nonce?${shared.account}&ignore_pending=`)).toEqual(success(nonce))
      expect(await shared.api.get(`/pending?${shared.account}`)).toEqual(success([String(nonce)]))
      await shared.market.anvil.rpc('evm_setAutomine', [true])
      await shared.market.anvil.mine()
      expect(await shared.api.get(`/pending?${shared.account}`)).toEqual(success([]))
    })

    test('/health, /ready and /metrics', async () => {
      expect((await shared.api.get('/health')).status).toBe(200)
      expect((await shared.api.get('/ready')).status).toBe(200)
      const { body } = await shared.api.get('/metrics')
      expect(body).toMatch(/polyswarmd_ledger_head_block\{chain="side"\} \d+/)
      expect(body).toMatch(/polyswarmd_request_duration_seconds_count\{method="GET",route="\/status",status="200"\}/)
    })
  })

  describe('balances', () => {
    test('are exact decimal strings', async () => {
      const { address } = shared.market.engines[0] ?? shared.market.ambassador
      const arbiter = shared.market.arbiters[0]?.address
      expect(await shared.api.get(`/balances/${address}/eth`)).toEqual(success('0'))
      expect(await shared.api.get(`/balances/${address}/nct`)).toEqual(
        success(String(parseNct('50002.96875') + parseNct('49950000'))),
      )
      expect(await shared.api.get(`/balances/${arbiter}/staking/total`)).toEqual(success(String(parseNct('10000000'))))
      expect(await shared.api.get(`/balances/${arbiter}/staking/withdrawable`)).toMatchObject({ status: 200 })
    })

    test('need a valid address', async () => {
      const wrongChecksum = '0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'
      for (const address of ['0x12', 'x', wrongChecksum, `${shared.market.ambassador.address}0`]) {
        expect(await shared.api.get(`/balances/${address}/nct`)).toEqual(failure(400, 'Invalid address'))
      }
    })
  })
}
