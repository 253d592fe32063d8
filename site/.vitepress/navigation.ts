/** A group of pages: each with its name and its path. */
interface PageGroup {
  text: string
  items: [name: string, path: string][]
}

/** What the pages are grouped under, in the order in which a reader wants them. Paths are those of the repository. */
export const navigation: PageGroup[] = [
  {
    text: 'Tutorials',
    items: [
      ['Overview', 'docs/tutorials/README.md'],
      ['Your first microengine', 'docs/tutorials/first-microengine.md'],
      ['ClamAV', 'docs/tutorials/clamav.md'],
      ['YARA rules', 'docs/tutorials/yara-rules.md'],
      ['Several backends', 'docs/tutorials/several-backends.md'],
      ['Bidding', 'docs/tutorials/bidding.md'],
      ['Any language', 'docs/tutorials/any-language.md'],
      ['Judge URLs', 'docs/tutorials/urls.md'],
      ['Ask about a file', 'docs/tutorials/ask-about-a-file.md'],
      ['Say the truth', 'docs/tutorials/say-the-truth.md'],
      ['Run an old engine', 'docs/tutorials/old-engines.md'],
      ['Join a market', 'docs/tutorials/join-a-market.md'],
      ['Run a market for your team', 'docs/tutorials/market-for-your-team.md'],
    ],
  },
  {
    text: 'Concepts',
    items: [
      ['Overview', 'docs/concepts/README.md'],
      ['Bounty', 'docs/concepts/bounty.md'],
      ['Artifact', 'docs/concepts/artifact.md'],
      ['Ambassador', 'docs/concepts/ambassador.md'],
      ['Microengine', 'docs/concepts/microengine.md'],
      ['Finding and verdict', 'docs/concepts/verdict.md'],
      ['Assertion', 'docs/concepts/assertion.md'],
      ['Arbiter', 'docs/concepts/arbiter.md'],
      ['Settlement', 'docs/concepts/settlement.md'],
      ['PolyScore', 'docs/concepts/polyscore.md'],
      ['Nectar', 'docs/concepts/nectar.md'],
      ['polyswarmd', 'docs/concepts/polyswarmd.md'],
      ['Journal', 'docs/concepts/journal.md'],
      ['Keeper', 'docs/concepts/keeper.md'],
      ['Offer', 'docs/concepts/offer.md'],
    ],
  },
  {
    text: 'Guides',
    items: [
      ['Engine authors', 'docs/participants.md'],
      ['Arbiters', 'docs/arbiters.md'],
      ['Accounts and money', 'docs/accounts.md'],
      ['Many workers', 'docs/workers.md'],
      ['Webhooks', 'docs/webhooks.md'],
      ['Run polyswarmd', 'docs/polyswarmd.md'],
      ['Keep a market running', 'docs/operators/services.md'],
      ['Backup and upgrade', 'docs/operators/backup.md'],
      ['The page', 'docs/dashboard.md'],
    ],
  },
  {
    text: 'Reference',
    items: [
      ['Overview', 'docs/reference/README.md'],
      ['Commands', 'docs/reference/commands.md'],
      ['Settings', 'docs/reference/settings.md'],
      ['API of polyswarmd', 'docs/reference/polyswarmd-api.md'],
      ['API of the service', 'docs/reference/consumer-api.md'],
      ['The command polyswarm', 'docs/reference/polyswarm.md'],
      ['Errors', 'docs/reference/errors.md'],
      ['Metrics', 'docs/reference/metrics.md'],
      ['Contracts', 'docs/contracts.md'],
      ['Commitments', 'docs/commitments.md'],
    ],
  },
  {
    text: 'The project',
    items: [
      ['Architecture', 'ARCHITECTURE.md'],
      ['Contributing', 'CONTRIBUTING.md'],
      ['Security', 'SECURITY.md'],
      ['Measurements', 'docs/benchmarks.md'],
    ],
  },
]
