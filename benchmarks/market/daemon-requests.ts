/** How many requests a daemon has answered since its start, by method and route, as its metrics tell. */
export async function countRequests(polyswarmd: string): Promise<Record<string, number>> {
  const text = await (await fetch(`${polyswarmd}/metrics`)).text()
  const counts: Record<string, number> = {}
  for (const [, labels = '', value] of text.matchAll(/^polyswarmd_request_duration_seconds_count\{(.*)\} (\d+)/gm)) {
    const { method, route } = Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, k, v]) => [k, v]))
    if (route === '/metrics') continue
    const name = `${method} ${route}`
    counts[name] = (counts[name] ?? 0) + Number(value)
  }
  return counts
}
