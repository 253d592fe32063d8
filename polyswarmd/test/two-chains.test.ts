import { parseNct } from '@polyswarm/protocol'
import { expect, test } from 'vitest'
import { EventListener } from './event-listener.ts'
import { MarketMoves } from './market-moves.ts'
import { TestClient, TestMarket } from './test-market.ts'

test('each chain has its own bounties, balances, parameters and events; side is the default', async () => {
  const [side, home] = await Promise.all([TestMarket.start(), TestMarket.start()])
  const daemon = await side.daemon({ chains: { side: side.deployment, home: home.deployment } })
  try {
    const api = new TestClient(daemon.url)
    const [onSide, onHome] = [new MarketMoves(side), new MarketMoves(home)]
    await onHome.govern('setBountyFee', [5n])
    const [sideEvents, homeEvents] = await Promise.all(
      ['', '&chain=home'].map((chain) => EventListener.connect(daemon.url, `?since=0${chain}`)),
    )
    const [sideGuid, homeGuid] = [await onSide.post(), await onHome.post()]
    await sideEvents?.untilBlock(await onSide.head())
    await homeEvents?.untilBlock(await onHome.head())

    const account = `account=${side.ambassador.address}`
    const result = async (path: string) => (await api.get(path)).body.result
    expect(await result(`/bounties?${account}`)).toEqual([sideGuid])
    expect(await result(`/bounties?${account}&chain=side`)).toEqual([sideGuid])
    expect(await result(`/bounties?${account}&chain=home`)).toEqual([homeGuid])
    expect((await api.get(`/bounties/${sideGuid}?${account}&chain=home`)).status).toBe(404)
    expect((await result(`/bounties/parameters?${account}&chain=home`)).bounty_fee).toBe(5)
    expect((await result(`/bounties/parameters?${account}`)).bounty_fee).toBe(parseNct('0.0625'))
    expect((await result('/contracts?chain=home')).bounty_registry_address).toBe(
      home.deployment.bounty_registry_address,
    )
    expect(await result(`/balances/${side.ambassador.address}/nct?chain=home`)).toBe('0')
    expect(await result('/status')).toMatchObject({ home: { reachable: true }, side: { reachable: true } })
    const guids = (listener?: EventListener) =>
      listener?.messages.filter(({ event }) => event === 'bounty').map(({ data }) => data.guid)
    expect([guids(sideEvents), guids(homeEvents)]).toEqual([[sideGuid], [homeGuid]])
  } finally {
    await daemon.stop()
    await Promise.all([side.stop(), home.stop()])
  }
})
