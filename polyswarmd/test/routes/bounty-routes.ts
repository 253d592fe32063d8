import { parseNct } from '@polyswarm/protocol'
import { describe, expect, test } from 'vitest'
import { WINDOWS } from '../test-market.ts'
import { failure, HELLO_WORLD, type RouteMarket, success } from './route-market.ts'

const UNKNOWN = '00000000-0000-4000-8000-000000000000'

/** What a bounty was and became. */
export function bountyRoutes(shared: RouteMarket): void {
  describe('bounties', () => {
    test('metadata documents are stored as they are, exact numbers included, or refused', async () => {
      const document = [{ mimetype: 'text/plain', filesize: 12345678901234567890n, extra: ['é'] }]
      const { body } = await shared.api.post('/bounties/metadata', document)
      expect((await shared.api.get(`/artifacts/${body.result}/0`)).body).toEqual(document)
      const quoted = await shared.api.post('/bounties/metadata', '[{"malware_family":"Eicar"}]')
      expect(quoted).toEqual(await shared.api.post('/bounties/metadata', [{ malware_family: 'Eicar' }]))
      for (const wrong of [[], {}, [{ filesize: '1' }], [{ malware_familty: null }], 'broken', '{', null, 7]) {
        expect(await shared.api.post('/bounties/metadata', wrong)).toEqual(failure(400, 'Invalid metadata'))
      }
    })

    test('parameters are plain integers, however large', async () => {
      const { body } = await shared.api.get(`/bounties/parameters?${shared.account}`)
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
      expect(await shared.api.get(`/bounties/window/reveal?${shared.account}`)).toEqual(
        success({ blocks: WINDOWS.reveal }),
      )
    })

    test('a settled bounty reads back whole', async () => {
      const [right, wrong] = shared.market.engines.map(({ address }) => address)
      const path = `/bounties/${shared.settled}`
      expect((await shared.api.get(`${path}?${shared.account}`)).body.result).toEqual({
        guid: shared.settled,
        artifact_type: 'file',
        author: shared.market.ambassador.address,
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
      expect(await shared.api.get(`${path}/assertions?${shared.account}`)).toEqual(
        success([
          { author: right, verdicts: [true], ...common },
          { author: wrong, verdicts: [false], ...common },
        ]),
      )
      expect((await shared.api.get(`${path}/assertions/1?${shared.account}`)).body.result).toMatchObject({
        author: wrong,
      })
      const votes = shared.market.arbiters.map(({ address }) => ({ voter: address, votes: [true], valid_bloom: true }))
      expect(await shared.api.get(`${path}/votes?${shared.account}`)).toEqual(success(votes))
      expect(await shared.api.get(`${path}/votes/1?${shared.account}`)).toEqual(success(votes[1]))
      const { bloom } = (await shared.api.get(`${path}/bloom?${shared.account}`)).body.result
      expect([bloom.length, bloom.some((word: bigint) => word > 2n ** 64n)]).toEqual([8, true])
      expect((await shared.api.get(`${path}/terms?${shared.account}`)).body.result).toMatchObject({
        arbiter_count: 2,
        num_artifacts: 1,
      })
      const settlements = (await shared.api.get(`${path}/settlements?${shared.account}`)).body.result
      expect(settlements[1]).toEqual({
        settler: right,
        payout: '4000000000000000000',
        block_number: expect.any(Number),
      })
    })

    test('an assertion that is not revealed has verdicts of null in the list and of false alone', async () => {
      const guid = await shared.moves.post()
      const engine = shared.market.engines[0] ?? shared.market.ambassador
      await shared.moves.assert(guid, engine)
      const path = `/bounties/${guid}/assertions`
      await expect.poll(async () => (await shared.api.get(`${path}?${shared.account}`)).body.result).toHaveLength(1)
      expect((await shared.api.get(`${path}?${shared.account}`)).body.result[0]).toMatchObject({
        nonce: '0',
        verdicts: [null],
        metadata: '',
      })
      expect((await shared.api.get(`${path}/0?${shared.account}`)).body.result).toMatchObject({
        nonce: '0',
        verdicts: [false],
      })
    })

    test('what is not there is 404', async () => {
      for (const path of [
        '',
        '/assertions',
        '/assertions/0',
        '/votes',
        '/votes/0',
        '/bloom',
        '/terms',
        '/settlements',
      ]) {
        expect(await shared.api.get(`/bounties/${UNKNOWN}${path}?${shared.account}`)).toEqual(
          failure(404, 'Bounty not found'),
        )
      }
      expect(await shared.api.get(`/bounties/${shared.settled}/assertions/9?${shared.account}`)).toEqual(
        failure(404, 'Assertion not found'),
      )
      expect(await shared.api.get(`/bounties/${shared.settled}/votes/9?${shared.account}`)).toEqual(
        failure(404, 'Vote not found'),
      )
      for (const path of [
        '/bounties/1',
        `/bounties/${shared.settled}/assertions/x`,
        `/bounties/${shared.settled}/votes/-1`,
      ]) {
        expect(await shared.api.get(`${path}?${shared.account}`)).toMatchObject({
          status: 404,
          body: { message: expect.any(String) },
        })
      }
    })

    test('guids come in whole pages', async () => {
      expect((await shared.api.get(`/bounties?${shared.account}`)).body.result[0]).toBe(shared.settled)
      expect(await shared.api.get(`/bounties?${shared.account}&count=0`)).toEqual(success([]))
      expect(await shared.api.get(`/bounties?${shared.account}&page=7`)).toEqual(success([]))
      for (const count of [7, 100]) {
        expect(await shared.api.get(`/bounties?${shared.account}&count=${count}`)).toEqual(
          failure(400, 'Count must be a multiple of page size 25'),
        )
      }
      expect((await shared.api.get(`/bounties?${shared.account}&page=x`)).status).toBe(400)
    })
  })
}
