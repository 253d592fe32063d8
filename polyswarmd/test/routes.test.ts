import { bountyRegistryAbi, commitmentOf, guidToUint128, parseGuid, parseNct } from '@polyswarm/protocol'
import { decodeFunctionData } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Polyswarmd } from '../src/index.ts'
import { MarketMoves } from './market-moves.ts'
import { TestClient, TestMarket, WINDOWS } from './test-market.ts'

const HELLO_WORLD = 'QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o'
const UNKNOWN = '00000000-0000-4000-8000-000000000000'

let market: TestMarket
let daemon: Polyswarmd
let api: TestClient
let moves: MarketMoves
let account: string
let settled: string
beforeAll(async () => {
  market = await TestMarket.start()
  await market.stakeArbiters()
  daemon = await market.daemon({ community: 'gamma', maxArtifactSize: 1_000_000 })
  api = new TestClient(daemon.url)
  moves = new MarketMoves(market)
  account = `account=${market.ambassador.address}`
  settled = await moves.wholeBounty()
  await api.get('/ready')
})
afterAll(async () => {
  await daemon.stop()
  await market.stop()
})

const failure = (status: number, errors: unknown) => ({ status, body: { status: 'FAIL', errors } })
const success = (result: unknown) => ({ status: 200, body: { status: 'OK', result } })

const argumentsOf = (data: `0x${string}`) =>
  decodeFunctionData({ abi: bountyRegistryAbi, data }).args as readonly unknown[]

describe('conventions', () => {
  test('slashes at the end make no difference', async () => {
    for (const path of ['/status', `/bounties/${settled}`, '/artifacts/status']) {
      expect(await api.get(`${path}/?${account}`)).toEqual(await api.get(`${path}?${account}`))
    }
  })

  test('OPTIONS /wallets/ is 404; a known path tells its methods; a wrong method is 405', async () => {
    expect((await api.send('OPTIONS', '/wallets/')).status).toBe(404)
    expect((await api.send('OPTIONS', '/transactions')).status).toBe(200)
    const { status, body } = await api.send('DELETE', '/status')
    expect([status, Object.keys(body)]).toEqual([405, ['message']])
    expect(await api.get('/nothing')).toMatchObject({
      status: 404,
      body: { message: expect.stringMatching(/^404 Not Found/) },
    })
  })

  test('the account comes before the chain, and any spelling of an address will do', async () => {
    expect(await api.get('/nonce?chain=moon')).toEqual(failure(400, 'Account must be provided'))
    expect(await api.get('/nonce?account=')).toEqual(failure(400, 'Account must be provided'))
    expect(await api.get('/nonce?account=0x12')).toEqual(failure(400, 'Account must be an Ethereum address'))
    expect(await api.get(`/nonce?${account}&chain=moon`)).toEqual(failure(400, 'Chain must one of home, side'))
    expect(await api.get(`/nonce?${account}&chain=home`)).toEqual(
      failure(400, 'Chain must one of side: this daemon has no home chain'),
    )
    const lower = market.ambassador.address.slice(2).toLowerCase()
    expect(await api.get(`/nonce?account=${lower}`)).toEqual(await api.get(`/nonce?${account}`))
  })

  test('a body that is no JSON is a bare message, a body of another type is none', async () => {
    const path = `/staking/deposit?${account}`
    expect(await api.send('POST', path, '{"amount":')).toMatchObject({
      status: 400,
      body: { message: expect.stringMatching(/^400 Bad Request/) },
    })
    expect(await api.send('POST', path, '{"amount":"1"}', 'text/plain')).toEqual(
      failure(400, 'Invalid JSON: data must be object'),
    )
    const deep = `{"amount":${'['.repeat(30_000)}${']'.repeat(30_000)}}`
    expect((await api.send('POST', path, deep)).status).toBe(400)
  })
})

describe('status', () => {
  test('/status tells of chains and store without an account', async () => {
    const block = await moves.head()
    expect(await api.get('/status')).toEqual(
      success({
        community: 'gamma',
        home: { reachable: false },
        side: { reachable: true, syncing: false, block },
        artifact_services: { ipfs: { reachable: true } },
      }),
    )
  })

  test('/contracts tells what participants pin, and keeps the URL of the node to itself', async () => {
    const { eth_uri: _uri, ...contracts } = market.deployment
    expect(await api.get('/contracts')).toEqual(success(contracts))
  })

  test('/syncing, /nonce, /pending', async () => {
    expect(await api.get(`/syncing?${account}`)).toEqual(success(false))
    expect(await api.get('/syncing')).toEqual(failure(400, 'Account must be provided'))
    const nonce = await market.client.getTransactionCount({ address: market.ambassador.address })
    await market.anvil.rpc('evm_setAutomine', [false])
    const built = await api.post(`/bounties/${settled}/settle?${account}`)
    const transaction = built.body.result.transactions[0]
    const raw = await market.ambassador.signTransaction({
      type: 'legacy',
      ...transaction,
      gas: 50_000n,
      gasPrice: 0n,
      value: 0n,
    })
    await api.post(`/transactions?${account}`, { transactions: [raw.slice(2)] })
    expect(await api.get(`/nonce?${account}`)).toEqual(success(nonce + 1))
    expect(await api.get(`/nonce?${account}&ignore_pending=`)).toEqual(success(nonce))
    expect(await api.get(`/pending?${account}`)).toEqual(success([String(nonce)]))
    await market.anvil.rpc('evm_setAutomine', [true])
    await market.anvil.mine()
    expect(await api.get(`/pending?${account}`)).toEqual(success([]))
  })

  test('/health, /ready and /metrics', async () => {
    expect((await api.get('/health')).status).toBe(200)
    expect((await api.get('/ready')).status).toBe(200)
    const { body } = await api.get('/metrics')
    expect(body).toMatch(/polyswarmd_ledger_head_block\{chain="side"\} \d+/)
    expect(body).toMatch(/polyswarmd_request_duration_seconds_count\{method="GET",route="\/status",status="200"\}/)
  })
})

describe('balances', () => {
  test('are exact decimal strings', async () => {
    const { address } = market.engines[0] ?? market.ambassador
    const arbiter = market.arbiters[0]?.address
    expect(await api.get(`/balances/${address}/eth`)).toEqual(success('0'))
    expect(await api.get(`/balances/${address}/nct`)).toEqual(
      success(String(parseNct('50002.96875') + parseNct('49950000'))),
    )
    expect(await api.get(`/balances/${arbiter}/staking/total`)).toEqual(success(String(parseNct('10000000'))))
    expect(await api.get(`/balances/${arbiter}/staking/withdrawable`)).toMatchObject({ status: 200 })
  })

  test('need a valid address', async () => {
    const wrongChecksum = '0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'
    for (const address of ['0x12', 'x', wrongChecksum, `${market.ambassador.address}0`]) {
      expect(await api.get(`/balances/${address}/nct`)).toEqual(failure(400, 'Invalid address'))
    }
  })
})

describe('artifacts', () => {
  test('are named by their order, and come back byte by byte with a type that no browser shows', async () => {
    const { body } = await api.upload(['hello world\n', '<script>alert(1)</script>'])
    const uri = body.result as string
    const { body: list } = await api.get(`/artifacts/${uri}/`)
    expect(list.result).toEqual([
      { name: '000000', hash: HELLO_WORLD },
      { name: '000001', hash: expect.stringMatching(/^Qm/) },
    ])
    const response = await fetch(`${daemon.url}/artifacts/${uri}/1/`)
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/octet-stream'])
    expect(await response.text()).toBe('<script>alert(1)</script>')
    expect(await api.get(`/artifacts/${uri}/0/stat`)).toEqual(
      success({
        hash: HELLO_WORLD,
        name: '000000',
        num_links: 0,
        block_size: 20,
        links_size: 2,
        data_size: 18,
        cumulative_size: 20,
      }),
    )
    expect(await api.get(`/artifacts/${HELLO_WORLD}`)).toEqual(success([{ name: '', hash: HELLO_WORLD }]))
    expect(await api.get('/artifacts/status')).toEqual(success({ online: true }))
  })

  test('are refused empty, too large, too many, or under another name; exactly as many and as large as allowed are not', async () => {
    expect(await api.upload([])).toEqual(failure(400, 'No artifacts'))
    expect(await api.upload(['x'], 'files')).toEqual(failure(400, 'No artifacts'))
    expect(await api.upload(['x', ''])).toEqual(failure(400, 'Artifact empty'))
    expect(await api.upload([new Uint8Array(1_000_001)])).toEqual(failure(413, 'Artifact too large'))
    expect((await api.upload([new Uint8Array(1_000_000)])).status).toBe(200)
    expect(await api.upload(Array.from({ length: 257 }, (_, i) => `${i}`))).toEqual(failure(400, 'Too many artifacts'))
    expect((await api.upload(Array.from({ length: 256 }, (_, i) => `${i}`))).status).toBe(200)
    expect(await api.post('/artifacts', { file: 'x' })).toEqual(failure(400, 'No artifacts'))
  })

  test.each([
    ['multipart/form-data', 'no boundary'],
    ['multipart/form-data; boundary=x', '--x\r\nnonsense\r\n\r\nbytes'],
    [
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\ncut off',
    ],
    ['multipart/form-data; boundary=x', ''],
    [
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="__proto__"; filename="a"\r\n\r\nx\r\n--x--',
    ],
  ])('malformed multipart is the sender’s fault: %s %j', async (type, text) => {
    const { status, body } = await api.send('POST', '/artifacts', text, type)
    expect([status, body.status]).toEqual([400, 'FAIL'])
  })

  test('that are not there are 404, what cannot be an address is 400', async () => {
    const missing = 'QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH'
    expect(await api.get('/artifacts/0OIl')).toEqual(failure(400, 'Invalid artifact URI'))
    expect(await api.get('/artifacts/..%2f..%2fetc')).toEqual(failure(400, 'Invalid artifact URI'))
    expect(await api.get(`/artifacts/${missing}`)).toEqual(failure(404, `Artifact with URI ${missing} not found`))
    expect(await api.get(`/artifacts/${HELLO_WORLD}/1`)).toEqual(
      failure(404, `Artifact with URI ${HELLO_WORLD}/1 not found`),
    )
    expect((await api.get(`/artifacts/${HELLO_WORLD}/x`)).status).toBe(404)
    expect((await api.get(`/artifacts/${HELLO_WORLD}/99999999999999999999`)).status).toBe(404)
  })
})

describe('bounties', () => {
  test('metadata documents are stored as they are, exact numbers included, or refused', async () => {
    const document = [{ mimetype: 'text/plain', filesize: 12345678901234567890n, extra: ['é'] }]
    const { body } = await api.post('/bounties/metadata', document)
    expect((await api.get(`/artifacts/${body.result}/0`)).body).toEqual(document)
    const quoted = await api.post('/bounties/metadata', '[{"malware_family":"Eicar"}]')
    expect(quoted).toEqual(await api.post('/bounties/metadata', [{ malware_family: 'Eicar' }]))
    for (const wrong of [[], {}, [{ filesize: '1' }], [{ malware_familty: null }], 'broken', '{', null, 7]) {
      expect(await api.post('/bounties/metadata', wrong)).toEqual(failure(400, 'Invalid metadata'))
    }
  })

  test('parameters are plain integers, however large', async () => {
    const { body } = await api.get(`/bounties/parameters?${account}`)
    expect(body.result).toEqual({
      bounty_fee: 62_500_000_000_000_000n,
      assertion_fee: 31_250_000_000_000_000n,
      bounty_amount_minimum: 2_000_000_000_000_000_000n,
      assertion_bid_minimum: 62_500_000_000_000_000n,
      assertion_bid_maximum: 1_000_000_000_000_000_000n,
      arbiter_lookback_range: 100,
      max_duration: 100,
      assertion_reveal_window: WINDOWS.reveal,
      arbiter_vote_window: WINDOWS.vote,
    })
    expect(await api.get(`/bounties/window/reveal?${account}`)).toEqual(success({ blocks: WINDOWS.reveal }))
  })

  test('a settled bounty reads back whole', async () => {
    const [right, wrong] = market.engines.map(({ address }) => address)
    const path = `/bounties/${settled}`
    expect((await api.get(`${path}?${account}`)).body.result).toEqual({
      guid: settled,
      artifact_type: 'file',
      author: market.ambassador.address,
      amount: '2000000000000000000',
      uri: HELLO_WORLD,
      num_artifacts: 1,
      expiration: expect.any(Number),
      assigned_arbiter: '0x0000000000000000000000000000000000000000',
      quorum_reached: true,
      quorum_reached_block: expect.any(Number),
      quorum_mask: [true],
      metadata: null,
    })
    const bid = [String(parseNct('1'))]
    const common = { mask: [true], commitment: expect.stringMatching(/^\d+$/), nonce: '42', metadata: '', bid }
    expect(await api.get(`${path}/assertions?${account}`)).toEqual(
      success([
        { author: right, verdicts: [true], ...common },
        { author: wrong, verdicts: [false], ...common },
      ]),
    )
    expect((await api.get(`${path}/assertions/1?${account}`)).body.result).toMatchObject({ author: wrong })
    const votes = market.arbiters.map(({ address }) => ({ voter: address, votes: [true], valid_bloom: true }))
    expect(await api.get(`${path}/votes?${account}`)).toEqual(success(votes))
    expect(await api.get(`${path}/votes/1?${account}`)).toEqual(success(votes[1]))
    const { bloom } = (await api.get(`${path}/bloom?${account}`)).body.result
    expect([bloom.length, bloom.some((word: bigint) => word > 2n ** 64n)]).toEqual([8, true])
    expect((await api.get(`${path}/terms?${account}`)).body.result).toMatchObject({
      arbiter_count: 2,
      num_artifacts: 1,
    })
    const settlements = (await api.get(`${path}/settlements?${account}`)).body.result
    expect(settlements[1]).toEqual({ settler: right, payout: '4000000000000000000', block_number: expect.any(Number) })
  })

  test('an assertion that is not revealed has verdicts of null in the list and of false alone', async () => {
    const guid = await moves.post()
    const engine = market.engines[0] ?? market.ambassador
    await moves.assert(guid, engine)
    const path = `/bounties/${guid}/assertions`
    await expect.poll(async () => (await api.get(`${path}?${account}`)).body.result).toHaveLength(1)
    expect((await api.get(`${path}?${account}`)).body.result[0]).toMatchObject({
      nonce: '0',
      verdicts: [null],
      metadata: '',
    })
    expect((await api.get(`${path}/0?${account}`)).body.result).toMatchObject({ nonce: '0', verdicts: [false] })
  })

  test('what is not there is 404', async () => {
    for (const path of ['', '/assertions', '/assertions/0', '/votes', '/votes/0', '/bloom', '/terms', '/settlements']) {
      expect(await api.get(`/bounties/${UNKNOWN}${path}?${account}`)).toEqual(failure(404, 'Bounty not found'))
    }
    expect(await api.get(`/bounties/${settled}/assertions/9?${account}`)).toEqual(failure(404, 'Assertion not found'))
    expect(await api.get(`/bounties/${settled}/votes/9?${account}`)).toEqual(failure(404, 'Vote not found'))
    for (const path of ['/bounties/1', `/bounties/${settled}/assertions/x`, `/bounties/${settled}/votes/-1`]) {
      expect(await api.get(`${path}?${account}`)).toMatchObject({ status: 404, body: { message: expect.any(String) } })
    }
  })

  test('guids come in whole pages', async () => {
    expect((await api.get(`/bounties?${account}`)).body.result[0]).toBe(settled)
    expect(await api.get(`/bounties?${account}&count=0`)).toEqual(success([]))
    expect(await api.get(`/bounties?${account}&page=7`)).toEqual(success([]))
    for (const count of [7, 100]) {
      expect(await api.get(`/bounties?${account}&count=${count}`)).toEqual(
        failure(400, 'Count must be a multiple of page size 25'),
      )
    }
    expect((await api.get(`/bounties?${account}&page=x`)).status).toBe(400)
  })
})

describe('building transactions', () => {
  const order = { artifact_type: 'file', amount: '2000000000000000000', uri: HELLO_WORLD, duration: 10 }

  test('have the legacy shape, nonces in order from the base, and no gas price on a free chain', async () => {
    await api.upload(['hello world\n'])
    const { body } = await api.post(`/bounties?${account}&base_nonce=7`, order)
    expect(body.result.transactions).toEqual(
      [market.deployment.nectar_token_address, market.deployment.bounty_registry_address].map((to, index) => ({
        chainId: market.anvil.chainId,
        data: expect.stringMatching(index === 0 ? /^0x095ea7b3/ : /^0xb2e366a8/),
        gas: expect.any(Number),
        gasPrice: 0,
        nonce: 7 + index,
        to,
        value: 0,
      })),
    )
    expect((await api.post(`/bounties?${account}&base_nonce=x`, order)).status).toBe(400)
  })

  test.each([
    [
      { ...order, amount: undefined, uri: undefined },
      "Invalid JSON: data must contain ['amount', 'uri', 'duration'] properties",
    ],
    [{ ...order, artifact_type: 'mail' }, "Invalid JSON: data.artifact_type must be one of ['file', 'url']"],
    [{ ...order, amount: 2 }, 'Invalid JSON: data.amount must be string'],
    [{ ...order, amount: '-2' }, 'Invalid JSON: data.amount must match pattern ^\\d+$'],
    [{ ...order, amount: '2\n' }, 'Invalid JSON: data.amount must match pattern ^\\d+$'],
    [
      { ...order, amount: '1'.repeat(101) },
      'Invalid JSON: data.amount must be shorter than or equal to 100 characters',
    ],
    [{ ...order, duration: 0 }, 'Invalid JSON: data.duration must be bigger than or equal to 1'],
    [{ ...order, duration: true }, 'Invalid JSON: data.duration must be integer'],
    [{ ...order, duration: 1.5 }, 'Invalid JSON: data.duration must be integer'],
    [{ ...order, amount: '1999999999999999999' }, 'Invalid bounty amount'],
    [{ ...order, uri: 'no-address' }, 'Failed to check artifact uri'],
    [{ ...order, uri: 'QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH' }, 'Failed to check artifact uri'],
    [{ ...order, metadata: 'http://127.0.0.1' }, 'Invalid bounty metadata URI (should be IPFS hash)'],
    [[], 'Invalid JSON: data must be object'],
  ])('POST /bounties %j is refused: %s', async (body, message) => {
    await api.upload(['hello world\n'])
    expect(await api.post(`/bounties?${account}`, body)).toEqual(failure(400, message))
  })

  test.each([
    [{ mask: [true] }, "Invalid JSON: data must contain ['bid', 'mask'] properties"],
    [{ bid: ['1'], mask: [true] }, 'Require verdicts and bid_portions or a commitment'],
    [
      { bid: [], mask: [false], commitment: '1' },
      'bid_portions must be equal in length to the number of true mask values',
    ],
    [
      { bid: ['1'], mask: [true, true], commitment: '1' },
      'bid_portions must be equal in length to the number of true mask values',
    ],
    [{ bid: ['1'], mask: [true], commitment: '1' }, 'Invalid assertion bid'],
    [{ bid: [1], mask: [true], commitment: '1' }, 'Invalid JSON: data.bid[0] must be string'],
    [
      { bid: ['1'], mask: Array(257).fill(true), commitment: '1' },
      'Invalid JSON: data.mask must contain less than or equal to 256 items',
    ],
    [
      { bid: [String(parseNct('1'))], mask: [true], commitment: '9'.repeat(90) },
      `Invalid JSON: data.commitment must be smaller than or equal to ${2n ** 256n - 1n}`,
    ],
  ])('POST assertions %j is refused: %s', async (body, message) => {
    expect(await api.post(`/bounties/${settled}/assertions?${account}`, body)).toEqual(failure(400, message))
  })

  test('an assertion without commitment gets one, and the nonce that opens it as an exact number', async () => {
    const body = { bid: String(parseNct('1')), mask: [true], verdicts: [true] }
    const { result } = (await api.post(`/bounties/${settled}/assertions?${account}`, body)).body
    expect(typeof result.nonce).toBe('bigint')
    expect(result.transactions).toHaveLength(2)
    const known = await api.post(`/bounties/${settled}/assertions?${account}`, { ...body, commitment: '5' })
    expect(known.body.result).not.toHaveProperty('nonce')
  })

  test('verdicts on artifacts that are not asserted on are left out of the commitment and of the reveal', async () => {
    const author = market.engines[0]?.address ?? '0x'
    const body = { bid: [String(parseNct('1'))], mask: [true, false], verdicts: [true, true] }
    const { result } = (await api.post(`/bounties/${settled}/assertions?account=${author}`, body)).body
    expect(argumentsOf(result.transactions[1].data)[3]).toBe(
      commitmentOf({ verdicts: 1n, nonce: result.nonce, author }),
    )
    const reveal = { nonce: '42', verdicts: [true, true, true], metadata: '' }
    const built = (await api.post(`/bounties/${settled}/assertions/0/reveal?${account}`, reveal)).body
    expect(argumentsOf(built.result.transactions[0].data)[3]).toBe(1n)
  })

  test('on more than 64 artifacts only a sealed commitment is taken, and the refusal says so', async () => {
    const guid = await moves.post({ numArtifacts: 65, duration: 50 })
    await expect.poll(async () => (await api.get(`/bounties/${guid}?${account}`)).status).toBe(200)
    const path = `/bounties/${guid}/assertions?account=${market.engines[0]?.address}`
    const body = { bid: [String(parseNct('1'))], mask: [true], commitment: '5' }
    const refused = failure(400, 'On more than 64 artifacts a commitment must be sealed (seal: bound)')
    expect(await api.post(path, body)).toEqual(refused)
    expect(await api.post(path, { ...body, commitment: undefined, verdicts: [true] })).toEqual(refused)
    expect((await api.post(path, { ...body, seal: 'bound' })).status).toBe(200)
  })

  test('a sealed commitment goes out by a function of its own, and the daemon cannot make one', async () => {
    const body = { bid: [String(parseNct('1'))], mask: [true], seal: 'bound' }
    const { result } = (await api.post(`/bounties/${settled}/assertions?${account}`, { ...body, commitment: '5' })).body
    expect(decodeFunctionData({ abi: bountyRegistryAbi, data: result.transactions[1].data })).toEqual({
      functionName: 'postSealedAssertion',
      args: [guidToUint128(parseGuid(settled)), [parseNct('1')], 1n, 5n],
    })
    expect(await api.post(`/bounties/${settled}/assertions?${account}`, { ...body, verdicts: [true] })).toEqual(
      failure(400, 'Require verdicts and bid_portions or a commitment'),
    )
    expect(
      (await api.post(`/bounties/${settled}/assertions?${account}`, { ...body, commitment: '5', seal: 'open' })).status,
    ).toBe(400)
  })

  test('reveal, vote and settle are one transaction each; votes may be called verdicts', async () => {
    const reveal = { nonce: '42', verdicts: [true], metadata: '' }
    const { result } = (await api.post(`/bounties/${settled}/assertions/0/reveal?${account}`, reveal)).body
    expect(result.transactions.map(({ data }: { data: string }) => data.slice(0, 10))).toEqual(['0xf8f32de6'])
    const vote = await api.post(`/bounties/${settled}/vote?${account}`, { votes: [true], valid_bloom: true })
    expect(vote.body.result.transactions[0].data.slice(0, 10)).toBe('0x27028aae')
    expect(await api.post(`/bounties/${settled}/vote?${account}`, { verdicts: [true], valid_bloom: true })).toEqual(
      vote,
    )
    const settle = await api.post(`/bounties/${settled}/settle?${account}`)
    expect(settle.body.result.transactions[0].data.slice(0, 10)).toBe('0x5592d687')
  })
})

describe('staking', () => {
  test('how the contract sees an arbiter, and somebody who is none', async () => {
    const line = { vote_ratio_numerator: 9, vote_ratio_denominator: 10 }
    const { result } = (await api.get(`/staking/standing?account=${market.arbiters[0]?.address}`)).body
    expect(result).toEqual({
      ...{ ...line, votes: expect.any(Number), bounties: expect.any(Number), eligible: true },
      free_at: expect.any(Number),
    })
    expect(result.votes).toBeGreaterThan(0)
    const stranger = await api.get(`/staking/standing?${account}`)
    expect(stranger).toEqual(success({ ...line, votes: 0, bounties: result.bounties, eligible: false, free_at: null }))
    expect(await api.get('/staking/standing')).toMatchObject({ status: 400 })
  })

  test('parameters, deposits up to the maximum, withdrawals up to what is free', async () => {
    expect(await api.get(`/staking/parameters?${account}`)).toEqual(
      success({
        minimum_stake: 10n ** 25n,
        maximum_stake: 10n ** 26n,
        vote_ratio_numerator: 9,
        vote_ratio_denominator: 10,
      }),
    )
    const arbiter = `account=${market.arbiters[0]?.address}`
    const built = await api.post(`/staking/deposit?${arbiter}`, { amount: String(9n * 10n ** 25n) })
    expect(built.body.result.transactions).toHaveLength(2)
    expect(await api.post(`/staking/deposit?${arbiter}`, { amount: String(9n * 10n ** 25n + 1n) })).toEqual(
      failure(400, 'Total stake above allowable maximum.'),
    )
    expect(await api.post(`/staking/withdraw?${account}`, { amount: '1' })).toEqual(
      failure(400, 'Exceeds withdrawal eligible 0'),
    )
  })

  test('from the block that is named on all of a stake is free, and not before', async () => {
    const address = market.arbiters[0]?.address
    const { free_at: freeAt } = (await api.get(`/staking/standing?account=${address}`)).body.result
    const balance = async (what: string) => (await api.get(`/balances/${address}/staking/${what}`)).body.result
    const head = Number(await market.client.getBlockNumber({ cacheTime: 0 }))
    expect(freeAt).toBeGreaterThan(head + 2)
    await market.anvil.mine(freeAt - 2 - head)
    expect(await balance('withdrawable')).toBe('0')
    await market.anvil.mine(3)
    expect(await balance('withdrawable')).toBe(await balance('total'))
  })
})
