import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { MarketFile } from '@polyswarm/devnet'
import { NICE } from '../../devnet/dist/processes/program-plans.js'
import { SupervisedProcess } from '../../devnet/dist/processes/supervised-process.js'
import { DEV_WINDOWS } from '../../devnet/dist/topology.js'
import type { RunPlan } from './market-run.ts'

const PROGRAM = fileURLToPath(new URL('offering-ambassador.ts', import.meta.url))

/**
 * A market's ambassador, as a process of its own, that posts at a rate; undefined where the market's own will do.
 *
 * @param started is told of its process id.
 */
export function offeringAmbassador(
  data: string,
  file: MarketFile,
  { directory, artifacts, bounties, pace }: RunPlan & { directory: string },
  started: (name: string, pid: number) => void,
): SupervisedProcess | undefined {
  if (!('perSecond' in pace)) return undefined
  const account = file.accounts.ambassador
  const flags = {
    directory,
    'artifacts-per-bounty': artifacts,
    'per-second': pace.perSecond,
    count: bounties,
    duration: DEV_WINDOWS.duration,
    'polyswarmd-addr': file.polyswarmd,
    market: join(data, 'market.json'),
    journal: join(data, 'journals', 'ambassador.sqlite'),
    keyfile: account?.keyfile,
    'password-file': account?.passwordFile,
  }
  const args = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, String(value)])
  const plan = {
    name: 'ambassador',
    command: process.execPath,
    args: () => [PROGRAM, ...args],
    nice: NICE.ambassador,
    log: join(data, 'logs', 'ambassador.log'),
    ready: (line: string) => line.includes('ready'),
  }
  const restarted = (name: string, how: string) => process.stderr.write(`${name} was ${how}\n`)
  const failed = (error: Error) => process.stderr.write(`${error.message}\n`)
  return new SupervisedProcess(plan, { started, restarted, failed })
}
