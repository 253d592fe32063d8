import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { PRIVATE_ROOT } from './private-root.js'

/** What a confined program may use. */
export interface ConfinementOptions {
  /** Bytes of address space for each of its processes. */
  maxMemory: number
  /** Whether it may reach the network. */
  network: boolean
  /** Paths that it may read beside the system's directories. */
  readable: readonly string[]
  /** An empty directory; it stays empty. */
  emptyDirectory: string
}

/** How a program is confined on this system. */
export interface Confinement {
  /** Whether it sees no files but the system's and those that it may read. */
  files: boolean
  /** Whether it is kept from the network. */
  network: boolean
  /** The command line to run a program with: it goes before the program. `artifact` is a path that it may read as well. */
  prefix(artifact?: string): string[]
}

/**
 * Confines a program as far as the system allows: limits on memory and core dumps by prlimit; no network, an end for all that
 * it started, and only some files to read, by namespaces of its own. Asked once, at the start: what the answer leaves out,
 * this system does not allow.
 */
export async function confinementOf({
  maxMemory,
  network,
  readable,
  emptyDirectory,
}: ConfinementOptions): Promise<Confinement> {
  const limits = ['prlimit', `--as=${maxMemory}`, '--core=0', '--']
  // The first process of a namespace is deaf to signals that kill others: that is a shell, and the program its child.
  const shell = ['sh', '-c', '"$@"; exit $?', 'sh']
  const spaces = ['--pid', '--fork', '--kill-child', ...(network ? [] : ['--net'])]
  const root = (artifact?: string): string[] => {
    const shown = [...readable, ...(artifact === undefined ? [] : [artifact])]
    return ['sh', '-c', PRIVATE_ROOT, 'sh', emptyDirectory, process.cwd(), ...shown, '--', ...limits]
  }
  const asRoot = ['--user', '--map-root-user']
  const asCurrent = ['--user', '--map-current-user']
  const confined = { files: true, network: !network }
  const open = { files: false, network: !network }
  const candidates: Confinement[] = [
    { ...confined, prefix: (artifact) => ['unshare', '--mount', ...spaces, '--', ...root(artifact)] },
    { ...confined, prefix: (artifact) => ['unshare', ...asRoot, '--mount', ...spaces, '--', ...root(artifact)] },
    { ...open, prefix: () => ['unshare', ...spaces, '--', ...shell, ...limits] },
    { ...open, prefix: () => ['unshare', ...asCurrent, ...spaces, '--', ...shell, ...limits] },
    { files: false, network: false, prefix: () => limits },
  ]
  for (const candidate of candidates) if (await works([...candidate.prefix(), 'true'])) return candidate
  return { files: false, network: false, prefix: () => [] }
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
