import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** What a confined program may use. */
export interface Confinement {
  /** Bytes of address space for each of its processes. */
  maxMemory: number
  /** Whether it may reach the network. */
  network: boolean
}

/**
 * The command line that runs a program confined, as far as the system allows: limits on memory and core dumps by prlimit;
 * no network, and an end for all that it started, by namespaces of its own. Asked once, at the start: what the answer leaves
 * out, this system does not allow.
 */
export async function confinementOf({ maxMemory, network }: Confinement): Promise<string[]> {
  const limits = ['prlimit', `--as=${maxMemory}`, '--core=0', '--']
  // The first process of a namespace is deaf to signals that kill others: that is a shell, and the program its child.
  const shell = ['sh', '-c', '"$@"; exit $?', 'sh']
  const spaces = ['--pid', '--fork', '--kill-child', ...(network ? [] : ['--net'])]
  const candidates = [
    ['unshare', ...spaces, '--', ...shell, ...limits],
    ['unshare', '--user', '--map-current-user', ...spaces, '--', ...shell, ...limits],
    limits,
  ]
  for (const prefix of candidates) if (await works([...prefix, 'true'])) return prefix
  return []
}

async function works([program = '', ...args]: string[]): Promise<boolean> {
  const child = spawn(program, args, { stdio: 'ignore', timeout: 5_000 })
  try {
    const [code] = await once(child, 'exit')
    return code === 0
  } catch {
    return false
  }
}
