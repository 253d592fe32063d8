import { execFile } from 'node:child_process'
import { createCipheriv, pbkdf2Sync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  approveCall,
  batchCall,
  bloomOf,
  bountyRegistryAbi,
  gasBound,
  newGuid,
  parseNct,
  postBountyCall,
} from '@polyswarm/protocol'
import { decodeFunctionData, hexToBytes, keccak256 } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { readDeployment } from '../src/chain/deployment.ts'
import type { Polyswarmd } from '../src/index.ts'
import { bountyThroughDaemon } from './bounty-through-daemon.ts'
import { EventListener } from './event-listener.ts'
import { type GethChain, gethSkipped, startGeth } from './geth.ts'
import { TestClient, TestMarket, type Unsigned } from './test-market.ts'

describe.skipIf(gethSkipped !== '')(`a market on geth, where gas has its price${gethSkipped}`, () => {
  let geth: GethChain
  let market: TestMarket
  let daemon: Polyswarmd
  let api: TestClient
  beforeAll(async () => {
    geth = await startGeth()
    market = await TestMarket.start({}, geth)
    await market.stakeArbiters()
    daemon = await market.daemon()
    api = new TestClient(daemon.url)
  })
  afterAll(async () => {
    await daemon?.stop()
    await market?.stop()
  })

  const bountyOrder = async () => ({
    guid: newGuid(),
    artifact_type: 'file',
    amount: String(parseNct('2')),
    uri: (await api.upload(['an artifact'])).body.result,
    duration: 10,
  })

  test('the deployment says that gas is not free', () => {
    expect(market.deployment).toMatchObject({ free: false, chain_id: geth.chainId })
  })

  test.each(['', '&preflight=1', '&preflight=1&fees=eip1559'])(
    'a bounty goes from upload to payout, paid gas included%s',
    async (query) => {
      const { address } = market.ambassador
      const before = await market.client.getBalance({ address })
      await bountyThroughDaemon(market, api, query)
      expect(await market.client.getBalance({ address })).toBeLessThan(before)
    },
  )

  test('what is built of each kind tells a participant how much gas all others can need', async () => {
    const first = await market.client.getBlockNumber({ cacheTime: 0 })
    await bountyThroughDaemon(market, api)
    const last = await market.client.getBlockNumber({ cacheTime: 0 })
    const seen: { kind: string; given: number; used: number }[] = []
    for (let blockNumber = first + 1n; blockNumber <= last; blockNumber++) {
      const { transactions } = await market.client.getBlock({ blockNumber, includeTransactions: true })
      for (const { hash, input, gas, to } of transactions) {
        if (to?.toLowerCase() !== market.deployment.bounty_registry_address.toLowerCase()) continue
        const { functionName: kind } = decodeFunctionData({ abi: bountyRegistryAbi, data: input })
        const { gasUsed } = await market.client.getTransactionReceipt({ hash })
        seen.push({ kind, given: Number(gas), used: Number(gasUsed) })
      }
    }
    const bounds = {
      postBounty: gasBound.postBounty(),
      postAssertion: gasBound.postAssertion(2),
      revealAssertion: gasBound.revealAssertion(2, 0),
      voteOnBounty: gasBound.voteOnBounty(2),
      settleBounty: gasBound.settleBounty(2),
    }
    const parties = [
      ['postBounty', 'settleBounty'],
      ['postAssertion', 'revealAssertion', 'settleBounty'],
      ['voteOnBounty', 'settleBounty'],
    ] as const
    for (const kinds of parties) {
      const boundsOf = kinds.map((kind) => ({
        bound: Number(bounds[kind]),
        some: seen.filter((transaction) => transaction.kind === kind),
      }))
      // At worst, of each kind the cheapest is the one that was built.
      const factors = boundsOf.map(({ some, bound }) => Math.min(...some.map(({ given }) => given / bound)))
      const factor = Math.max(1, ...factors)
      for (const { some, bound } of boundsOf) {
        expect(some.length).toBeGreaterThan(0)
        for (const { kind, used } of some) expect(used, kind).toBeLessThan(bound * factor)
      }
    }
  })

  test('a bounty goes from upload to payout over WebSocket, and its events come in the order of the chain', async () => {
    const chains = { side: { ...market.deployment, eth_uri: geth.wsUrl } }
    const other = await market.daemon({
      chains,
      data: join(market.directory, 'over-websocket'),
      pollingInterval: 60_000,
    })
    onTestFinished(() => other.stop())
    const listener = await EventListener.connect(other.url, '?since=')
    onTestFinished(() => listener.close())
    const guid = await bountyThroughDaemon(market, new TestClient(other.url))
    const last = Number(await market.client.getBlockNumber({ cacheTime: 0 }))
    await listener.untilBlock(last)
    const said = listener.messages.filter(({ event }) => event !== 'block' && event !== 'connected')
    expect(said.map(({ event }) => event)).toEqual([
      ...['bounty', 'assertion', 'assertion', 'reveal', 'reveal', 'vote', 'quorum', 'vote'],
      ...[market.ambassador, ...market.engines, ...market.arbiters].map(() => 'settled_bounty'),
    ])
    expect(said.every(({ data }) => (data.guid ?? data.bounty_guid) === guid)).toBe(true)
    const blocks = listener.messages.filter(({ event }) => event === 'block').map(({ data }) => data.number)
    expect(blocks).toEqual(Array.from({ length: blocks.length }, (_, index) => last - blocks.length + 1 + index))
  })

  test('transactions have the legacy shape, or that of EIP-1559 where the client asks for it', async () => {
    const path = `/bounties?account=${market.ambassador.address}`
    const order = await bountyOrder()
    const [legacy] = (await api.post(path, order)).body.result.transactions
    expect(legacy.gasPrice).toBeGreaterThan(0)
    expect(Object.keys(legacy).sort()).toEqual(['chainId', 'data', 'gas', 'gasPrice', 'nonce', 'to', 'value'])
    const [dynamic] = (await api.post(`${path}&fees=eip1559`, order)).body.result.transactions
    const { gasPrice: _none, ...rest } = legacy
    expect(dynamic).toMatchObject({ ...rest, type: 2 })
    expect(dynamic).not.toHaveProperty('gasPrice')
    const { baseFeePerGas } = await market.client.getBlock()
    expect(BigInt(dynamic.maxFeePerGas)).toBeGreaterThan(baseFeePerGas ?? 0n)
    expect(BigInt(dynamic.maxPriorityFeePerGas)).toBeLessThanOrEqual(BigInt(dynamic.maxFeePerGas))
    expect(await api.post(`${path}&fees=other`, order)).toEqual({
      status: 400,
      body: { status: 'FAIL', errors: 'Fees must be one of legacy, eip1559' },
    })
  })

  test('who cannot pay for gas is told so before anything is signed', async () => {
    const pauper = privateKeyToAccount(generatePrivateKey())
    const refused = await api.post(`/bounties?account=${pauper.address}&preflight=1`, await bountyOrder())
    expect(refused.status).toBe(400)
    expect(refused.body.errors).toMatch(/^Transaction would fail: insufficient funds for gas/i)
  })

  test('what would revert is refused with the reason of the contract', async () => {
    const [engine] = market.engines
    const body = { bid: [String(parseNct('1'))], mask: [true], commitment: '1' }
    const path = `/bounties/${newGuid()}/assertions?account=${engine?.address}&preflight=1`
    expect((await api.post(path, body)).body.errors).toMatch(/^Transaction would fail: Bounty/)
  })

  test('a transaction that reverted is reported with the reason of the contract', async () => {
    const { ambassador } = market
    const built = await api.post(`/bounties/${newGuid()}/settle?account=${ambassador.address}`)
    const transactions = built.body.result.transactions.map((one: Unsigned) => ({ ...one, gas: 200_000 }))
    const sent = await api.signAndSend(ambassador, { status: 200, body: { result: { transactions } } })
    expect(JSON.stringify(sent.body)).toMatch(/transaction failed at block \d+, error: Bounty/)
  })

  test('a batch has enough gas where each of its calls has, and one of nothing is refused by its name', async () => {
    const { ambassador, client, deployment } = market
    const addresses = {
      nectarToken: deployment.nectar_token_address,
      arbiterStaking: deployment.arbiter_staking_address,
      bountyRegistry: deployment.bounty_registry_address,
    }
    const query = `/quote?account=${ambassador.address}`
    const { body } = await api.post(query, { calls: [batchCall(addresses, [])] })
    expect(body.result.calls).toEqual([{ gas: null, error: expect.stringContaining('Batch nothing done') }])

    const approval = approveCall(addresses, addresses.bountyRegistry, parseNct('100'))
    await market.send(ambassador, approval.to, approval.data)
    const { uri } = await bountyOrder()
    const guids = [newGuid(), newGuid(), newGuid()]
    const order = { artifactType: 'file', amount: parseNct('2'), uri, numArtifacts: 1, duration: 10 } as const
    const posts = guids.map((guid) =>
      postBountyCall(addresses, { ...order, guid, bloom: bloomOf([uri]), metadata: '' }),
    )
    // The last is the same as the first, and refused.
    const calls = [...posts, ...posts.slice(0, 1)]
    // This chain asks more for a new slot than the bounds are made for: a quote says how much.
    const quoted = (await api.post(query, { calls: posts.slice(0, 1) })).body.result.calls[0].gas
    const transaction = {
      ...batchCall(addresses, calls),
      chainId: deployment.chain_id,
      nonce: await client.getTransactionCount({ address: ambassador.address }),
      gas: gasBound.batch(calls.map(() => BigInt(quoted))),
      gasPrice: await client.getGasPrice(),
      value: 0,
    }
    const told = await api.signAndSend(ambassador, { status: 200, body: { result: { transactions: [transaction] } } })
    expect(told.body.result).toMatchObject({ errors: [], bounties: guids.map((guid) => ({ guid })) })
  })

  test('the deploy command puts a market on it', async () => {
    const key = generatePrivateKey()
    const account = privateKeyToAccount(key)
    await geth.fund([account.address])
    const file = (name: string) => join(market.directory, name)
    writeFileSync(file('keyfile'), keystoreOf(key, 'password'))
    const program = join(import.meta.dirname, '../dist/bin/polyswarmd.js')
    const settings = ['--rpc-url', geth.wsUrl, '--keyfile', file('keyfile'), '--password', 'password']
    await promisify(execFile)(process.execPath, [program, 'deploy', ...settings, '--out', file('deployed.json')])
    const deployed = readDeployment(file('deployed.json'))
    expect(deployed).toMatchObject({ eth_uri: geth.wsUrl, chain_id: geth.chainId, free: false })
    const other = await market.daemon({ chains: { side: deployed }, data: file('deployed') })
    onTestFinished(() => other.stop())
    expect((await new TestClient(other.url).get('/ready')).status).toBe(200)
  })
})

/** A V3 keystore file with few rounds. */
function keystoreOf(key: `0x${string}`, password: string): string {
  const derived = pbkdf2Sync(password, 'salt', 1_000, 32, 'sha256')
  const iv = Buffer.alloc(16, 1)
  const cipher = createCipheriv('aes-128-ctr', derived.subarray(0, 16), iv)
  const ciphertext = Buffer.concat([cipher.update(hexToBytes(key)), cipher.final()])
  const kdfparams = { c: 1_000, dklen: 32, prf: 'hmac-sha256', salt: Buffer.from('salt').toString('hex') }
  const mac = keccak256(Buffer.concat([derived.subarray(16), ciphertext])).slice(2)
  const cipherparams = { iv: iv.toString('hex') }
  const crypto = {
    cipher: 'aes-128-ctr',
    cipherparams,
    ciphertext: ciphertext.toString('hex'),
    kdf: 'pbkdf2',
    kdfparams,
    mac,
  }
  return JSON.stringify({ version: 3, crypto })
}
