import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createKeystoreFile } from '../runtime/keys/keystore.ts'

const SCRIPT = fileURLToPath(new URL('../../dist/bin/microengine.js', import.meta.url))

let directory: string
const children: ChildProcess[] = []
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'webhook-programs-'))
  await writeFile(join(directory, 'secret'), 'qwertyuiop\n')
  await writeFile(join(directory, 'other'), 'another\n')
})
afterAll(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  await rm(directory, { recursive: true })
})

function start(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [SCRIPT, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  return child
}

async function check(url: string, secret: string): Promise<{ status: number; output: string }> {
  const child = start('check-webhook', '--webhook-url', url, '--webhook-secret-file', join(directory, secret))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => (output += text))
  const [status] = (await once(child, 'close')) as [number]
  return { status, output }
}

it('serves as a webhook, which keeps the rules, and stops when it is told to', async () => {
  const allow = ['--allow-addresses', '127.0.0.1', '--secret-file', join(directory, 'secret')]
  const serving = start('serve-webhook', '--backend', 'eicar', '--port', '0', '--log-format', 'json', ...allow)
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  if (!serving.stdout) throw new Error('It has no output.')
  createInterface({ input: serving.stdout }).on('line', (line) => {
    const { msg, url } = JSON.parse(line)
    if (msg === 'ready') resolve(url)
  })
  serving.once('exit', (code) => reject(new Error(`ended with ${code}`)))
  const url = await promise
  const good = await check(url, 'secret')
  expect(good.output).toMatch(/brings an answer +malicious 1\.00/)
  expect(good.status, good.output).toBe(0)
  serving.kill('SIGTERM')
  expect((await once(serving, 'exit'))[0]).toBe(0)
})

it('finds out a webhook that is none', async () => {
  const nobody = await check('http://127.0.0.1:1/', 'secret')
  expect(nobody.status).toBe(1)
  expect(nobody.output).toMatch(/answers a ping/)
}, 120_000)

it('calls several webhooks, and leaves out one whose account cannot be used', async () => {
  await createKeystoreFile({ path: join(directory, 'acme.keyfile'), password: 'correct horse', cost: 1024 })
  const webhook = { url: 'http://127.0.0.1:1/', secretFile: 'secret' }
  const list = [
    { ...webhook, name: 'acme', keyfile: 'acme.keyfile' },
    { ...webhook, name: 'other', keyfile: 'none.keyfile' },
  ]
  await writeFile(join(directory, 'webhooks.json'), JSON.stringify(list))
  const flags = ['--webhooks', join(directory, 'webhooks.json'), '--journal', join(directory, 'journal')]
  const calling = start(...flags, '--polyswarmd-addr', '127.0.0.1:1', '--password', 'correct horse')
  let output = ''
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  calling.stdout?.setEncoding('utf8').on('data', (text) => {
    output += text
    if (/left out.*name=other/.test(output) && /starting.*name=acme/.test(output)) resolve()
  })
  calling.once('exit', (code) => reject(new Error(`ended with ${code}:\n${output}`)))
  await promise
  calling.kill('SIGTERM')
  expect((await once(calling, 'exit'))[0]).toBe(0)
})
