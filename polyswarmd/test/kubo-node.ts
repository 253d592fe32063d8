import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { missingProgram } from './missing-program.ts'

const PROGRAM = 'ipfs'

/** Why tests with Kubo are skipped, for their title; '' where they run. */
export const kuboSkipped = missingProgram(PROGRAM, 'go install github.com/ipfs/kubo/cmd/ipfs')

/** A Kubo node of a test's own: an empty repository, no peers, nobody to ask. */
export class KuboNode {
  readonly #path = mkdtempSync(join(tmpdir(), 'kubo-'))
  #child: ChildProcess | null = null
  #url = ''
  #gatewayUrl = ''

  static async start(): Promise<KuboNode> {
    const node = new KuboNode()
    node.run('init', '--empty-repo', '--profile=test')
    node.run('config', 'Routing.Type', 'none')
    node.run('config', '--json', 'Addresses.Swarm', '[]')
    node.run('config', '--json', 'AutoConf.Enabled', 'false')
    await node.revive()
    // It keeps its port when it comes back.
    node.run('config', 'Addresses.API', `/ip4/127.0.0.1/tcp/${new URL(node.#url).port}`)
    return node
  }

  /** Of the RPC. */
  get url(): string {
    return this.#url
  }

  /** Of the gateway, which anybody may read from. */
  get gatewayUrl(): string {
    return this.#gatewayUrl
  }

  /** What a command of `ipfs` prints. */
  run(...args: string[]): string {
    const env = { ...process.env, IPFS_PATH: this.#path }
    return execFileSync(PROGRAM, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  }

  /** Addresses that are pinned with all below them. */
  pins(): string[] {
    return this.run('pin', 'ls', '--type=recursive', '--quiet').split('\n').filter(Boolean).sort()
  }

  async revive(): Promise<void> {
    const env = { ...process.env, IPFS_PATH: this.#path }
    const child = spawn(PROGRAM, ['daemon'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    let output = ''
    child.stderr.on('data', (text) => {
      output += text
    })
    await new Promise<void>((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        output += `${line}\n`
        const port = /^RPC API server listening on \/ip4\/127\.0\.0\.1\/tcp\/(\d+)/.exec(line)?.[1]
        if (port) this.#url = `http://127.0.0.1:${port}`
        const gateway = /^Gateway server listening on \/ip4\/127\.0\.0\.1\/tcp\/(\d+)/.exec(line)?.[1]
        if (gateway) this.#gatewayUrl = `http://127.0.0.1:${gateway}`
        if (line === 'Daemon is ready') resolve()
      })
      child.once('error', reject)
      child.once('exit', () => reject(new Error(`ipfs ended: ${output}`)))
    })
  }

  /** Stops answering without a word, as a machine that hangs. */
  hang(): void {
    this.#child?.kill('SIGSTOP')
  }

  wake(): void {
    this.#child?.kill('SIGCONT')
  }

  async kill(): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  async stop(): Promise<void> {
    await this.kill()
    rmSync(this.#path, { recursive: true, force: true })
  }
}
