import { parseJson } from '@polyswarm/protocol/json'

/** What the page's server says of the market behind it; see `PageSettings` of the server. */
export interface PageSettings {
  daemon: boolean
  service: boolean
  arbiter: boolean
  dev: boolean
  /** Names by address, in lower case. */
  names: ReadonlyMap<string, string>
}

/** Asks the page's server what is behind it. */
export async function loadPageSettings(): Promise<PageSettings> {
  const answer = await fetch('/page.json')
  const said = parseJson(await answer.text()) as Record<string, unknown>
  const names = Object.entries((said.names ?? {}) as Record<string, string>)
  return {
    daemon: said.daemon === true,
    service: said.service === true,
    arbiter: said.arbiter === true,
    dev: said.dev === true,
    names: new Map(names.map(([address, name]) => [address.toLowerCase(), String(name)])),
  }
}
