import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { readDeployment, writeDeployment } from '../src/deploy.ts'
import { TestMarket } from './test-market.ts'

const program = join(import.meta.dirname, '../dist/bin/polyswarmd.js')

let market: TestMarket
let deployment: string
beforeAll(async () => {
  market = await TestMarket.start()
  deployment = join(market.directory, 'sidechain.json')
  writeDeployment(deployment, market.deployment)
})
afterAll(() => market.stop())

/** Starts the program and waits for its "listening" line. */
async function start(...flags: string[]): Promise<{ child: ChildProcess; url: string; url2018?: string }> {
  const child = spawn(process.execPath, [program, '--log-format', 'json', '--port', '0', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  for await (const line of createInterface({ input: child.stdout })) {
    const { msg, ...urls } = JSON.parse(line) as { msg: string; url: string; url2018?: string }
    if (msg === 'listening') return { child, ...urls }
  }
  throw new Error('the program ended before it listened')
}

/** Runs the program to its end. */
async function run(...args: string[]): Promise<{ code: number; stderr: string; stdout: string }> {
  return promisify(execFile)(process.execPath, [program, ...args]).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  )
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends it within 5 s with exit code 0, clients connected or not',
  async (signal) => {
    const { child, url } = await start('--side', deployment, '--data', join(market.directory, signal))
    const socket = new WebSocket(`${url.replace('http', 'ws')}/events`)
    await once(socket, 'open')
    const asked = performance.now()
    child.kill(signal)
    const [[code], [closeCode]] = await Promise.all([once(child, 'exit'), once(socket, 'close')])
    expect(code).toBe(0)
    expect(closeCode).toBe(1001)
    expect(performance.now() - asked).toBeLessThan(5_000)
  },
)

test('a taken port is one sentence and exit code 1', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as { port: number }
  const data = join(market.directory, 'taken')
  const { code, stderr } = await run('--side', deployment, '--data', data, '--port', String(port))
  expect(code).toBe(1)
  expect(stderr).toBe(
    `polyswarmd: Cannot listen on 127.0.0.1:${port}: another program uses it. Choose another --port (0 picks a free one) or --host.\n`,
  )
})

test('a deployment file that is missing, broken or of another chain is one sentence and exit code 1', async () => {
  const data = join(market.directory, 'broken')
  const broken = join(market.directory, 'broken.json')
  writeFileSync(broken, '{"eth_uri": 1}')
  const foreign = join(market.directory, 'foreign.json')
  writeDeployment(foreign, { ...market.deployment, chain_id: 99 })
  const elsewhere = join(market.directory, 'elsewhere.json')
  writeDeployment(elsewhere, { ...market.deployment, bounty_registry_address: `0x${'11'.repeat(20)}` })
  for (const [file, sentence] of [
    [join(market.directory, 'none.json'), /it cannot be read/],
    [broken, /eth_uri/],
    [foreign, /has chain id 1338, its deployment file says 99/],
    [elsewhere, /has no bounty registry at/],
  ] as const) {
    const { code, stderr } = await run('--side', file, '--data', data, '--port', '0')
    expect(stderr).toMatch(sentence)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(code).toBe(1)
  }
})

test('a node that does not answer is worth another try later: exit code 75', async () => {
  const absent = join(market.directory, 'absent.json')
  writeDeployment(absent, { ...market.deployment, eth_uri: 'http://127.0.0.1:9' })
  const data = join(market.directory, 'absent')
  const { code, stderr } = await run('--side', absent, '--data', data, '--port', '0', '--chain-patience', '300')
  expect([code, stderr.trim().split('\n').length]).toEqual([75, 1])
  expect(stderr).toMatch(/^polyswarmd: The node of the side chain does not answer/)
})

test('a data directory in use is refused, and is free again when its daemon was killed', async () => {
  const data = join(market.directory, 'shared')
  const { child } = await start('--side', deployment, '--data', data)
  const { code, stderr } = await run('--side', deployment, '--data', data, '--port', '0')
  expect(stderr).toMatch(/another polyswarmd uses it/)
  expect(code).toBe(1)
  child.kill('SIGKILL')
  await once(child, 'exit')
  await start('--side', deployment, '--data', data)
})

test('a damaged ledger is one sentence and exit code 1', async () => {
  const data = join(market.directory, 'damaged')
  const { child } = await start('--side', deployment, '--data', data)
  child.kill('SIGTERM')
  await once(child, 'exit')
  writeFileSync(join(data, 'ledger-side.sqlite'), Buffer.alloc(20_000, 'x'))
  const { code, stderr } = await run('--side', deployment, '--data', data, '--port', '0')
  expect(stderr).toMatch(/^polyswarmd: Ledger .* cannot be used: SQLite says/)
  expect(code).toBe(1)
})

test('without a chain it says which flag is missing; help names every variable', async () => {
  expect(await run()).toMatchObject({ code: 1, stderr: expect.stringContaining('--side is missing') })
  const { stdout } = await run('--help')
  for (const variable of ['POLYSWARMD_HOST', 'POLYSWARMD_PORT', 'POLYSWARMD_DATA', 'POLYSWARMD_SIDE', 'LOG_FORMAT']) {
    expect(stdout).toContain(variable)
  }
})

test('deploy puts a market on a chain from a keyfile, and what it writes can be served', async () => {
  const keyfile = join(market.directory, 'keyfile')
  const out = join(market.directory, 'deployed.json')
  const passwordFile = join(market.directory, 'password')
  writeFileSync(passwordFile, 'testpassword\n')
  writeFileSync(keyfile, JSON.stringify({ version: 3, crypto: examplePbkdf2Key }))
  const key = ['--keyfile', keyfile, '--password-file', passwordFile]
  const verifiers = market.arbiters.concat(market.ambassador).map(({ address }) => address)
  const relay = ['--relay-verifier', ...verifiers]
  const deployed = await run('deploy', '--rpc-url', market.anvil.rpcUrl, ...key, ...relay, '--out', out)
  expect(deployed).toMatchObject({ code: 0, stdout: `The market stands; its deployment file is ${out}\n` })
  const { url } = await start('--side', out, '--data', join(market.directory, 'deployed'))
  const { result } = await (await fetch(`${url}/contracts`)).json()
  const { eth_uri: _private, ...contracts } = readDeployment(out)
  expect(result).toEqual(contracts)
  expect(Object.keys(result)).toContain('offer_registry_address')
  expect(Object.keys(result)).toContain('erc20_relay_address')

  const refused = await run('deploy', '--rpc-url', 'http://127.0.0.1:9', ...key, '--out', out)
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringMatching(/^polyswarmd: Deploying the market failed at connecting/),
  ])
})

test('two chains and the API of 2018 are served by one process, each where its flag says', async () => {
  const home = await TestMarket.start()
  onTestFinished(() => home.stop())
  const file = join(home.directory, 'homechain.json')
  writeDeployment(file, home.deployment)
  const flags = ['--side', deployment, '--home', file, '--api-2018-port', '0']
  const { url, url2018 = '' } = await start(...flags, '--data', join(home.directory, 'two'))
  const addressOf = async (at: string, query = '') =>
    (await (await fetch(`${at}/contracts${query}`)).json()).result.bounty_registry_address
  expect(await addressOf(url)).toBe(market.deployment.bounty_registry_address)
  expect(await addressOf(url, '?chain=home')).toBe(home.deployment.bounty_registry_address)
  expect(await addressOf(url2018)).toBe(home.deployment.bounty_registry_address)
})

/** The example of the Web3 Secret Storage Definition; nothing is worth its key. */
const examplePbkdf2Key = {
  cipher: 'aes-128-ctr',
  cipherparams: { iv: '6087dab2f9fdbbfaddc31a909735c1e6' },
  ciphertext: '5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46',
  kdf: 'pbkdf2',
  kdfparams: {
    c: 262144,
    dklen: 32,
    prf: 'hmac-sha256',
    salt: 'ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd',
  },
  mac: '517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2',
}
