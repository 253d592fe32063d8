import { afterEach, beforeEach, expect, it } from 'vitest'
import { TestMarket } from './market.fixture.ts'
import { postAsStranger } from './stranger.fixture.ts'

/** Documents that a stranger may write, each of them valid for polyswarmd. */
const DOCUMENTS = [
  `[{"mimetype":"x","__proto__":{"filesize":1e999},"constructor":-${'9'.repeat(40)}}]`,
  '[{"mimetype":"x","note":"\\ud800","filename":"\\u0000\\u001b[2J\\u202e\\n2026 ERROR"}]',
  `[{"mimetype":"x","nested":${'['.repeat(55)}${'9'.repeat(30)}${']'.repeat(55)}}]`,
  `[{"mimetype":"x","filename":"${'a'.repeat(1_000_000)}","filesize":${'9'.repeat(50)}}]`,
  // Four times as long where it is written out.
  `[{"mimetype":"x","numbers":[${'1e20,'.repeat(120_000)}0]}]`,
]

/** The longest text that the chain takes, which is long enough to be taken for a document itself. */
const INLINE = `[{"mimetype":"x","filesize":${'9'.repeat(70)}}]`

let market: TestMarket

beforeEach(async () => {
  market = await TestMarket.start({ blockTime: 0.05, revealWindow: 48, voteWindow: 24 })
})

afterEach(async () => {
  await market.stop()
})

/** Stores files, and says by what addresses their contents go, and the directory of them. */
async function store(contents: readonly string[]): Promise<{ uri: string; addresses: string[] }> {
  const form = new FormData()
  for (const [index, content] of contents.entries()) form.append('file', new Blob([content]), `${index}`)
  const uploaded = await fetch(`${market.url}/artifacts/`, { method: 'POST', body: form })
  const { result: uri } = (await uploaded.json()) as { result: string }
  const listed = await fetch(`${market.url}/artifacts/${uri}/`)
  const { result } = (await listed.json()) as { result: { hash: string }[] }
  return { uri, addresses: result.map(({ hash }) => hash) }
}

it('what a stranger writes into a bounty costs that bounty, and nobody a reveal, a vote or a restart', {
  timeout: 180_000,
}, async () => {
  const run = {
    engine: () => market.run('microengine', market.accounts.engine, ['--backend', 'eicar', '--filter', ...REJECT]),
    arbiter: () => market.run('arbiter', market.accounts.arbiter, ['--truth-db', market.truthDb]),
  }
  // Not as metadata, which polyswarmd would write anew, but as artifacts, which stay as they are.
  const { addresses } = await store(DOCUMENTS)
  const { uri } = await store(['something harmless'])
  const [engine, arbiter] = [run.engine(), run.arbiter()]
  await Promise.all([arbiter.said(/staked stake/), engine.said(/ready/)])

  await postAsStranger(
    market,
    [INLINE, ...addresses].map((metadata) => ({ uri, metadata, duration: 60 })),
  )
  const posting = market.run('ambassador', market.accounts.ambassador, ['--once', '--duration', '14'])
  // Two of the stranger's as well: of a long document the filter sees the address only.
  await engine.said(/asserted/, 3 + 2)
  // Again with all of it in the past, and in the journals.
  await Promise.all([engine.kill('SIGKILL'), arbiter.kill('SIGKILL')])
  const [again, voting] = [run.engine(), run.arbiter()]
  expect(await posting.exited, posting.output).toBe(0)
  await Promise.all([again.said(/settled/, 3), voting.said(/settled/, 3)])

  expect((await market.events('NewBounty')).length).toBe(3 + DOCUMENTS.length + 1)
  const { address } = market.accounts.ambassador.account
  const posted = (await market.events('NewBounty')).filter(({ args }) => args.author === address)
  const honest = new Set(posted.map(({ args }) => args.guid))
  const reveals = await market.events('RevealedAssertion')
  expect(reveals.filter(({ args }) => honest.has(args.bountyGuid))).toHaveLength(3)
  expect(await market.events('NewVote')).toHaveLength(3)
  for (const { output } of [engine, arbiter, again, voting]) {
    expect(output).not.toMatch(/missed a duty/)
    // Nothing of it moves the cursor, turns the text round or fakes a line.
    expect(output.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u)
    expect(output).not.toMatch(/^2026 ERROR/m)
  }
})

/** Looks at every text, and takes on no bounty of the stranger's. */
const REJECT = [
  'reject',
  'filesize',
  'contains',
  '9',
  'reject',
  'filename',
  'regex',
  '^(a+)+b',
  'reject',
  'mimetype',
  '==',
  'x',
]
