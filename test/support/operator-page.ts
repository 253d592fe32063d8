import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { bountyRegistryAbi, parseJson } from '@polyswarm/protocol'
import { type Address, createPublicClient, http } from 'viem'
import { expect, onTestFinished } from 'vitest'
import type { TestChain } from './anvil.ts'
import { freePort } from './free-port.ts'
import { ROOT } from './markdown.ts'

const PROGRAMS = {
  polyswarmd: 'polyswarmd',
  account: 'participants',
  arbiter: 'participants',
  microengine: 'participants',
  ambassador: 'participants',
}

const page = readFileSync(join(ROOT, 'docs/tutorials/market-for-your-team.md'), 'utf8')

/** The commands of the page, section by section. */
const sections = [...page.matchAll(/^```bash\n(.*?)^```/gms)].map(([, block = '']) => block)

/** Milliseconds that the page takes on a machine that is very busy. */
export const PAGE_LIMIT = 600_000

/**
 * Types the commands of the operator's page, section by section, in an empty directory, and expects a bounty that is paid.
 *
 * @param chain is stopped when the test is over.
 * @param fund gives accounts coin for gas, where the page asks for it.
 * @param nodeOptions for all programs.
 */
export async function typeOperatorPage(
  chain: TestChain,
  fund: (accounts: readonly Address[]) => Promise<void> = async () => undefined,
  nodeOptions = '',
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'operator-'))
  const port = await freePort()
  const bin = join(directory, 'bin')
  const work = join(directory, 'empty')
  for (const made of [bin, work]) mkdirSync(made)
  for (const [program, workspace] of Object.entries(PROGRAMS)) {
    const script = join(ROOT, workspace, 'dist', 'bin', `${program}.js`)
    writeFileSync(join(bin, program), `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`)
    chmodSync(join(bin, program), 0o755)
  }
  const shell = spawn('bash', ['-s'], {
    cwd: work,
    detached: true,
    env: {
      ...process.env,
      NODE_OPTIONS: nodeOptions,
      PATH: `${bin}:${process.env.PATH}`,
      XDG_STATE_HOME: join(directory, 'state'),
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let output = ''
  const written = new EventTarget()
  for (const stream of [shell.stdout, shell.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text
      written.dispatchEvent(new Event('more'))
    })
  }
  const ended = once(shell, 'exit')
  const clock = new AbortController()
  const ticking = keepTime(chain, join(work, 'sidechain.json'), clock.signal)
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') process.stderr.write(`${[output.slice(-3000), ...logsIn(work)].join('\n')}\n`)
    clock.abort()
    try {
      process.kill(-(shell.pid ?? 0), 'SIGKILL')
    } catch {
      // Nothing of it is left.
    }
    await ticking
    await chain.stop()
    rmSync(directory, { recursive: true, force: true })
  })
  shell.stdin.write('set -euo pipefail\n')
  for (const [index, section] of sections.entries()) {
    const done = `section ${index} is done`
    const here = section.replaceAll('http://127.0.0.1:8545', chain.rpcUrl).replaceAll('31337', String(port))
    shell.stdin.write(`${here}\necho ${done}\n`)
    while (!output.includes(done) && shell.exitCode === null) {
      await Promise.race([once(written, 'more'), ended])
    }
    // What the page asks for where gas is not free.
    if (index === 0) await fund(accountsIn(work))
  }
  shell.stdin.end('kill %1\n')
  const [status] = await ended
  expect(status).toBe(0)
  expect(output).toMatch(/gained/)
  expect(output).toMatch(/reward/)
}

/** What the programs have logged last. */
function logsIn(directory: string): string[] {
  const logs = readdirSync(directory).filter((file) => file.endsWith('.log'))
  return logs.map((file) => `${file}:\n${readFileSync(join(directory, file), 'utf8').slice(-1500)}`)
}

/** The accounts of all keystores in a directory. */
function accountsIn(directory: string): Address[] {
  const files = readdirSync(directory).filter((file) => file.endsWith('.json'))
  return files.map((file): Address => {
    const { address } = parseJson(readFileSync(join(directory, file), 'utf8')) as { address: string }
    return `0x${address.replace(/^0x/, '')}`
  })
}

/** The chain's blocks come with its transactions; besides, a window ends when everybody has done what it is for. */
async function keepTime(chain: TestChain, deployment: string, signal: AbortSignal): Promise<void> {
  const client = createPublicClient({ transport: http(chain.rpcUrl), cacheTime: 0 })
  const pause = () => delay(50, undefined, { signal }).catch(() => undefined)
  while (!signal.aborted && !existsSync(deployment)) await pause()
  if (signal.aborted) return
  const { bounty_registry_address: address } = parseJson(readFileSync(deployment, 'utf8')) as Record<string, Address>
  const event = async (eventName: 'NewBounty' | 'NewAssertion' | 'RevealedAssertion' | 'NewVote') => {
    for (;;) {
      const [first] = await client.getContractEvents({
        address: address ?? '0x',
        abi: bountyRegistryAbi,
        eventName,
        fromBlock: 0n,
      })
      if (first || signal.aborted) return first
      await pause()
    }
  }
  const mineTo = async (block: bigint) => {
    const missing = block - (await client.getBlockNumber())
    if (missing > 0n && !signal.aborted) await chain.mine(Number(missing))
  }
  const posted = await event('NewBounty')
  const expiration = (posted?.args as { expirationBlock?: bigint } | undefined)?.expirationBlock ?? 0n
  await event('NewAssertion')
  await mineTo(expiration)
  await event('RevealedAssertion')
  await mineTo(expiration + 10n)
  await event('NewVote')
  await mineTo(expiration + 10n + 30n)
  // From here on nobody can be late: blocks come until all have ended.
  for (; !signal.aborted; await pause()) await chain.mine()
}
