import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { guidFromUint128 } from '@polyswarm/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TestMarket } from './market.fixture.ts'
import { sampleBounties } from './market-setup.ts'

let market: TestMarket

const ASSERTION_FEE = 31_250_000_000_000_000n

beforeEach(async () => {
  market = await TestMarket.start({ blockTime: 0.05 })
})

afterEach(async () => {
  await market.stop()
})

/** What an account has, in the token and as stake. */
async function wealth(): Promise<bigint> {
  const holders = Object.values(market.accounts).map(({ account }) => account.address)
  const { bounty_registry_address: registry, arbiter_staking_address: staking } = market.deployment
  const balances = await Promise.all([...holders, registry, staking].map((holder) => market.balanceOf(holder)))
  return balances.reduce((sum, balance) => sum + balance, 0n)
}

describe('the programs', () => {
  it('bring the sample bounties from post to payout', { timeout: 180_000 }, async () => {
    const { engine, rival, arbiter, ambassador } = market.accounts
    const voting = market.run('arbiter', arbiter, ['--truth-db', market.truthDb, '--testing', '3'])
    const right = market.run('microengine', engine, ['--backend', 'eicar', '--backend', 'yara', '--testing', '3'])
    const wrong = market.run('microengine', rival, ['--backend', 'contrarian', '--testing', '3'])
    await Promise.all([voting.said(/staked stake/), right.said(/ready/), wrong.said(/ready/)])
    const before = await market.balanceOf(engine.account.address)
    const total = await wealth()

    const posting = market.run('ambassador', ambassador, ['--once', '--duration', '15'])
    expect(await posting.exited, posting.output).toBe(0)
    for (const program of [voting, right, wrong]) expect(await program.exited, program.output).toBe(0)

    expect(await market.events('RevealedAssertion')).toHaveLength(6)
    expect(await market.events('SettledBounty')).toHaveLength(12)
    expect(await market.balanceOf(market.deployment.bounty_registry_address)).toBe(0n)
    expect((await market.balanceOf(engine.account.address)) > before).toBe(true)
    // Nothing but the dust of divisions is burned: on each artifact somebody was right.
    expect(total - (await wealth())).toBeLessThan(1_000n)

    // Each of the six artifacts ends with a report, and stays in the history.
    expect(posting.output.match(/^ {2}PolyScore {2}0\.\d+ /gm)).toHaveLength(6)
    expect(posting.output).toMatch(
      /^eicar\.com$[\s\S]*?^ {2}Family {5}EICAR[\s\S]*?^ {2}Truth {6}malicious \(1 of 1 arbiters\)$/m,
    )
    const flags = ['bounties', '--journal', ambassador.keyfile.replace(/json$/, 'sqlite'), '--format', 'csv']
    const history = (await market.runOnce('ambassador', flags)).output.split('\r\n').slice(1, -1)
    expect(history).toHaveLength(6)
    expect(history.filter((line) => /,settled,eicar\.com,.*,EICAR,malicious,/.test(line))).toHaveLength(1)

    const journal = new DatabaseSync(engine.keyfile.replace(/json$/, 'sqlite'), { readOnly: true })
    for (const { nonce } of journal.prepare('SELECT nonce FROM assertions').all()) {
      expect(right.output).not.toContain(String(nonce))
    }
    journal.close()
    expect(right.output).not.toContain('correct horse')
  })

  it('vote what the truth database says, on the artifacts in their order', { timeout: 180_000 }, async () => {
    const { arbiter, ambassador } = market.accounts
    const voting = market.run('arbiter', arbiter, ['--truth-db', market.truthDb])
    await voting.said(/staked stake/)
    const posting = market.run('ambassador', ambassador, ['--duration', '4'])
    await voting.said(/voted/, 3)
    await posting.kill('SIGTERM')
    const bounties = await market.events('NewBounty')
    const votes = await market.events('NewVote')
    expect(votes).toHaveLength(3)
    const samples = sampleBounties().flatMap(({ artifacts }) => artifacts)
    for (const { args } of votes) {
      const uri = bounties.find((bounty) => bounty.args.guid === args.bountyGuid)?.args.artifactURI
      const { result } = (await (await fetch(`${market.url}/artifacts/${uri}/`)).json()) as { result: unknown[] }
      const truth = await Promise.all(
        result.map(async (_, index) => {
          const content = Buffer.from(await (await fetch(`${market.url}/artifacts/${uri}/${index}/`)).arrayBuffer())
          return samples.find((sample) => content.equals(sample.content))?.truth === 'malicious'
        }),
      )
      const expected = truth.reduce((mask, malicious, index) => (malicious ? mask | (1n << BigInt(index)) : mask), 0n)
      expect(args.votes).toBe(expected)
    }
  })

  it('do not vote on what is not in the truth database, and say so', { timeout: 180_000 }, async () => {
    const { arbiter, ambassador } = market.accounts
    const content = 'never seen before'
    const directory = join(market.directory, 'files')
    await mkdir(directory)
    await writeFile(join(directory, 'a.txt'), content)
    const voting = market.run('arbiter', arbiter, ['--truth-db', market.truthDb])
    await voting.said(/staked stake/)
    const flags = ['--backend', 'filesystem', '--artifact-directory', directory, '--duration', '4']
    const posting = market.run('ambassador', ambassador, flags)
    await voting.said(new RegExp(`no vote.*${createHash('sha256').update(content).digest('hex')}`))
    await posting.kill('SIGTERM')
  })

  it('bring a bounty on URLs from post to payout, past an engine that judges files', { timeout: 180_000 }, async () => {
    const { engine, rival, arbiter, ambassador } = market.accounts
    const sdk = new URL('../dist/index.js', import.meta.url).href
    const hunter = join(market.directory, 'hunter.ts')
    await writeFile(
      hunter,
      `import { benign, defineMicroengine, malicious, unknown } from '${sdk}'
       export default defineMicroengine({
         name: 'hunter',
         artifacts: ['url'],
         scan({ content, artifactType, metadata }: { content: Uint8Array; artifactType: string; metadata: object }) {
           const url = Buffer.from(content).toString()
           if (artifactType !== 'url' || metadata.uri !== url || metadata.protocol !== 'https') return unknown()
           return new URL(url).hostname === 'phishing.example' ? malicious({ family: 'Phishing' }) : benign()
         },
       })`,
    )
    const urls = ['https://phishing.example/login?bank=1', 'https://example.org/']
    const list = join(market.directory, 'urls.txt')
    await writeFile(list, `# what the arbiter knows\n${urls[0]} malicious\n${urls[1]} benign\n`)
    await market.runOnce('verbatimdbgen', ['--url-list', list, '--output', market.truthDb])
    const voting = market.run('arbiter', arbiter, ['--truth-db', market.truthDb, '--testing', '1'])
    const right = market.run('microengine', engine, ['--backend', hunter, '--testing', '1'])
    const blind = market.run('microengine', rival, ['--backend', 'eicar'])
    await Promise.all([voting.said(/staked stake/), right.said(/ready/), blind.said(/ready/)])
    const before = await market.balanceOf(engine.account.address)

    const posting = market.run('ambassador', ambassador, [
      ...['--backend', 'urls', '--url-list', list, '--once', '--duration', '10'],
    ])
    expect(await posting.exited, posting.output).toBe(0)
    for (const program of [voting, right]) expect(await program.exited, program.output).toBe(0)

    const [bounty, ...others] = await market.events('NewBounty')
    expect(others).toEqual([])
    expect(bounty?.args).toMatchObject({ artifactType: 1n, author: ambassador.account.address })
    const stored = await Promise.all(
      urls.map(async (_, index) => {
        const artifact = await fetch(`${market.url}/artifacts/${bounty?.args.artifactURI}/${index}/`)
        return artifact.text()
      }),
    )
    expect(stored).toEqual(urls)
    const assertions = await market.events('NewAssertion')
    expect(assertions.map(({ args }) => args.author)).toEqual([engine.account.address])
    const [reveal] = await market.events('RevealedAssertion')
    expect(reveal?.args.verdicts).toBe(0b01n)
    expect((await market.events('NewVote')).map(({ args }) => args.votes)).toEqual([0b01n])
    const payout = (await market.events('SettledBounty')).find(({ args }) => args.settler === engine.account.address)
    const bids = assertions[0]?.args.bid?.reduce((sum, bid) => sum + bid, 0n) ?? 0n
    // Alone and right on both: its bids come back, and with them the whole reward.
    expect(payout?.args.payout).toBe(bids + (bounty?.args.amount ?? 0n))
    const after = await market.balanceOf(engine.account.address)
    expect(after - before).toBe((bounty?.args.amount ?? 0n) - ASSERTION_FEE)
  })

  it('never post as URLs what was planned as files', { timeout: 180_000 }, async () => {
    const { ambassador } = market.accounts
    const directory = join(market.directory, 'files')
    await mkdir(directory)
    for (const name of ['a', 'b']) await writeFile(join(directory, name), name)
    const list = join(market.directory, 'urls.txt')
    await writeFile(list, 'https://example.org/\n')
    const one = ['--artifacts-per-bounty', '1', '--in-flight', '1', '--duration', '4']
    const files = market.run('ambassador', ambassador, [
      ...['--backend', 'filesystem', '--artifact-directory', directory, ...one],
    ])
    await files.said(/posted/)
    await files.kill('SIGKILL')
    // What was begun goes on: the first bounty is settled, the second is of another kind.
    const urls = market.run('ambassador', ambassador, ['--backend', 'urls', '--url-list', list])
    await urls.said(/cannot be posted.*planned as file, and urls is not/)
    await urls.said(/settled/)
    expect(await urls.kill('SIGTERM'), urls.output).toBe(0)
    expect((await market.events('NewBounty')).map(({ args }) => args.artifactType)).toEqual([0n])
  })

  it('run an engine from a file, and give up on what hangs and what is overbid', { timeout: 180_000 }, async () => {
    const { engine, rival, ambassador } = market.accounts
    const sdk = new URL('../dist/index.js', import.meta.url).href
    const partial = join(market.directory, 'partial.ts')
    await writeFile(
      partial,
      `import { benign, defineMicroengine } from '${sdk}'
       export default defineMicroengine({
         name: 'partial',
         scan({ index }: { index: number }) {
           return index === 0 ? new Promise(() => undefined) : benign({ confidence: 0.5 })
         },
       })`,
    )
    const greedy = join(market.directory, 'greedy.ts')
    await writeFile(
      greedy,
      `import { malicious, Microengine } from '${sdk}'
       export default class Greedy extends Microengine {
         async scan() { return malicious() }
         async bid({ findings }: { findings: unknown[] }) { return findings.map(() => 2n * 10n ** 18n) }
       }`,
    )
    const hanging = market.run('microengine', engine, ['--backend', partial, '--scan-time-limit', '300'])
    const bidding = market.run('microengine', rival, ['--backend', greedy])
    await Promise.all([hanging.said(/ready/), bidding.said(/ready/)])
    const posting = market.run('ambassador', ambassador, ['--duration', '12'])
    await bidding.said(/abstained.*outside of what the market allows/, 3)
    await hanging.said(/abstained.*did not answer in time/, 2)
    await hanging.said(/asserted/)
    await posting.kill('SIGTERM')
    const [assertion, ...others] = await market.events('NewAssertion')
    expect(others).toEqual([])
    expect(assertion?.args.mask).toBe(0b1110n)
    expect(assertion && guidFromUint128(assertion.args.bountyGuid ?? 0n)).toMatch(/^[0-9a-f-]{36}$/)
  })
})
