import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../../test/support/free-port.ts'

/** From Debian's package nginx-light, or any other. */
const PROGRAM = 'nginx'

/** nginx with a directory to read from and to write to, on a free port. */
export class NginxProcess {
  readonly url: string
  readonly #child: ChildProcess

  private constructor(url: string, child: ChildProcess) {
    this.url = url
    this.#child = child
  }

  /** Whether there is an nginx on this machine. */
  static installed(): boolean {
    return spawnSync(PROGRAM, ['-v']).status === 0
  }

  /** @param directory served, and written to by PUT. */
  static async start(directory: string): Promise<NginxProcess> {
    const port = await freePort()
    const temporary = join(directory, 'temporary')
    mkdirSync(temporary, { recursive: true })
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((name) => `${name}_temp_path ${join(temporary, name)};`)
      .join(' ')
    const configuration = join(directory, 'nginx.conf')
    writeFileSync(
      configuration,
      `daemon off; master_process off; pid ${join(directory, 'nginx.pid')}; error_log stderr crit;
       events { worker_connections 64; }
       http { access_log off; sendfile on; tcp_nopush on; client_max_body_size 0; ${paths}
         server { listen 127.0.0.1:${port}; root ${directory}; dav_methods PUT; } }`,
    )
    const child = spawn(PROGRAM, ['-c', configuration, '-p', directory], { stdio: ['ignore', 'inherit', 'ignore'] })
    const url = `http://127.0.0.1:${port}`
    while (!(await fetch(url).catch(() => null))) {
      if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}`)
      await delay(20)
    }
    return new NginxProcess(url, child)
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM')
    await once(this.#child, 'exit')
  }
}
