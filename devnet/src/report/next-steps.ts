/**
 * What to do next, for who has seen a first bounty from its beginning to its end.
 *
 * @param polyswarmd its base URL.
 * @param script the npm script that this was started by; undefined where there is none.
 */
export function nextSteps(polyswarmd: string, script: string | undefined): string[] {
  const npm = script === 'start' ? 'npm start --' : `npm run ${script} --`
  const command = script === undefined ? 'npx polyswarm-market' : npm
  return [
    'What next:',
    `  have files of your own judged   ${command} --artifacts DIR`,
    `  let an engine of yours compete  ${command} --engine FILE --watch --every 10`,
    `  look into the daemon            ${polyswarmd}/`,
  ]
}
