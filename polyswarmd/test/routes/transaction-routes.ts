import { bountyRegistryAbi, commitmentOf, guidToUint128, parseGuid, parseNct } from '@polyswarm/protocol'
import { decodeFunctionData } from 'viem'
import { describe, expect, test } from 'vitest'
import { failure, HELLO_WORLD, type RouteMarket } from './route-market.ts'

const argumentsOf = (data: `0x${string}`) =>
  decodeFunctionData({ abi: bountyRegistryAbi, data }).args as readonly unknown[]

/** The transactions that the daemon builds, and what it refuses to build. */
export function transactionRoutes(shared: RouteMarket): void {
  describe('building transactions', () => {
    const order = { artifact_type: 'file', amount: '2000000000000000000', uri: HELLO_WORLD, duration: 10 }

    test('have the legacy shape, nonces in order from the base, and no gas price on a free chain', async () => {
      await shared.api.upload(['hello world\n'])
      const { body } = await shared.api.post(`/bounties?${shared.account}&base_nonce=7`, order)
      expect(body.result.transactions).toEqual(
        [shared.market.deployment.nectar_token_address, shared.market.deployment.bounty_registry_address].map(
          (to, index) => ({
            chainId: shared.market.anvil.chainId,
            data: expect.stringMatching(index === 0 ? /^0x095ea7b3/ : /^0xb2e366a8/),
            gas: expect.any(Number),
            gasPrice: 0,
            nonce: 7 + index,
            to,
            value: 0,
          }),
        ),
      )
      expect((await shared.api.post(`/bounties?${shared.account}&base_nonce=x`, order)).status).toBe(400)
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
      await shared.api.upload(['hello world\n'])
      expect(await shared.api.post(`/bounties?${shared.account}`, body)).toEqual(failure(400, message))
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
      expect(await shared.api.post(`/bounties/${shared.settled}/assertions?${shared.account}`, body)).toEqual(
        failure(400, message),
      )
    })

    test('an assertion without commitment gets one, and the nonce that opens it as an exact number', async () => {
      const body = { bid: String(parseNct('1')), mask: [true], verdicts: [true] }
      const { result } = (await shared.api.post(`/bounties/${shared.settled}/assertions?${shared.account}`, body)).body
      expect(typeof result.nonce).toBe('bigint')
      expect(result.transactions).toHaveLength(2)
      const known = await shared.api.post(`/bounties/${shared.settled}/assertions?${shared.account}`, {
        ...body,
        commitment: '5',
      })
      expect(known.body.result).not.toHaveProperty('nonce')
    })

    test('verdicts on artifacts that are not asserted on are left out of the commitment and of the reveal', async () => {
      const author = shared.market.engines[0]?.address ?? '0x'
      const body = { bid: [String(parseNct('1'))], mask: [true, false], verdicts: [true, true] }
      const { result } = (await shared.api.post(`/bounties/${shared.settled}/assertions?account=${author}`, body)).body
      expect(argumentsOf(result.transactions[1].data)[3]).toBe(
        commitmentOf({ verdicts: 1n, nonce: result.nonce, author }),
      )
      const reveal = { nonce: '42', verdicts: [true, true, true], metadata: '' }
      const built = (await shared.api.post(`/bounties/${shared.settled}/assertions/0/reveal?${shared.account}`, reveal))
        .body
      expect(argumentsOf(built.result.transactions[0].data)[3]).toBe(1n)
    })

    test('on more than 64 artifacts only a sealed commitment is taken, and the refusal says so', async () => {
      const guid = await shared.moves.post({ numArtifacts: 65, duration: 50 })
      await expect.poll(async () => (await shared.api.get(`/bounties/${guid}?${shared.account}`)).status).toBe(200)
      const path = `/bounties/${guid}/assertions?account=${shared.market.engines[0]?.address}`
      const body = { bid: [String(parseNct('1'))], mask: [true], commitment: '5' }
      const refused = failure(400, 'On more than 64 artifacts a commitment must be sealed (seal: bound)')
      expect(await shared.api.post(path, body)).toEqual(refused)
      expect(await shared.api.post(path, { ...body, commitment: undefined, verdicts: [true] })).toEqual(refused)
      expect((await shared.api.post(path, { ...body, seal: 'bound' })).status).toBe(200)
    })

    test('a sealed commitment goes out by a function of its own, and the daemon cannot make one', async () => {
      const body = { bid: [String(parseNct('1'))], mask: [true], seal: 'bound' }
      const { result } = (
        await shared.api.post(`/bounties/${shared.settled}/assertions?${shared.account}`, { ...body, commitment: '5' })
      ).body
      expect(decodeFunctionData({ abi: bountyRegistryAbi, data: result.transactions[1].data })).toEqual({
        functionName: 'postSealedAssertion',
        args: [guidToUint128(parseGuid(shared.settled)), [parseNct('1')], 1n, 5n],
      })
      expect(
        await shared.api.post(`/bounties/${shared.settled}/assertions?${shared.account}`, {
          ...body,
          verdicts: [true],
        }),
      ).toEqual(failure(400, 'Require verdicts and bid_portions or a commitment'))
      expect(
        (
          await shared.api.post(`/bounties/${shared.settled}/assertions?${shared.account}`, {
            ...body,
            commitment: '5',
            seal: 'open',
          })
        ).status,
      ).toBe(400)
    })

    test('reveal, vote and settle are one transaction each; votes may be called verdicts', async () => {
      const reveal = { nonce: '42', verdicts: [true], metadata: '' }
      const { result } = (
        await shared.api.post(`/bounties/${shared.settled}/assertions/0/reveal?${shared.account}`, reveal)
      ).body
      expect(result.transactions.map(({ data }: { data: string }) => data.slice(0, 10))).toEqual(['0xf8f32de6'])
      const vote = await shared.api.post(`/bounties/${shared.settled}/vote?${shared.account}`, {
        votes: [true],
        valid_bloom: true,
      })
      expect(vote.body.result.transactions[0].data.slice(0, 10)).toBe('0x27028aae')
      expect(
        await shared.api.post(`/bounties/${shared.settled}/vote?${shared.account}`, {
          verdicts: [true],
          valid_bloom: true,
        }),
      ).toEqual(vote)
      const settle = await shared.api.post(`/bounties/${shared.settled}/settle?${shared.account}`)
      expect(settle.body.result.transactions[0].data.slice(0, 10)).toBe('0x5592d687')
    })
  })
}
