/** What the page is told of the market that it shows, as `/page.json`. Nothing in it is secret. */
export interface PageSettings {
  /** Whether there is a daemon behind `/api/daemon`. */
  daemon: boolean
  /** Whether there is a consumer service behind `/api/service`. */
  service: boolean
  /** Whether there is an arbiter's queue behind `/api/arbiter`. */
  arbiter: boolean
  /** Whether this is a dev market, whose blocks and faucet are behind `/api/dev`. */
  dev: boolean
  /** What accounts are called: names by address. */
  names: Readonly<Record<string, string>>
}
