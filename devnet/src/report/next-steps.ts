/** Where a market that runs can be asked. */
export interface OpenMarket {
  /** Base URL of its daemon. */
  polyswarmd: string
  /** Where people see it in a browser, where it is served. */
  page?: string | undefined
  /** Its data directory, where it is not the usual one. */
  data: string | undefined
}

/**
 * What to do next, for who has seen a first bounty from its beginning to its end.
 *
 * @param market undefined where it has come to its end.
 * @param script the npm script that this was started by; undefined where there is none.
 */
export function nextSteps(market: OpenMarket | undefined, script: string | undefined): string[] {
  // Only the repository has a script for each program; a project of one's own has the programs.
  const [run, ask] =
    script === 'start'
      ? ['npm start --', 'npm run polyswarm --']
      : [script === undefined ? 'npx polyswarm-market' : `npm run ${script} --`, 'npx @polyswarm/cli']
  const where = market?.data === undefined ? '' : ` --market ${market.data}`
  return [
    'What next:',
    ...(market?.page === undefined ? [] : [`  see the market in a browser     ${market.page}`]),
    ...(market ? [`  ask about a file of your own    ${ask} scan${where} FILE`] : []),
    `  have a directory judged         ${run} --artifacts DIR`,
    `  let an engine of yours compete  ${run} --engine FILE --watch --every 10`,
    ...(market ? [`  look into the daemon            ${market.polyswarmd}/`] : []),
  ]
}
