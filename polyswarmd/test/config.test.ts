import { execFile } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { writeDeployment } from '../src/deploy.ts'

const program = join(import.meta.dirname, '../dist/bin/polyswarmd.js')
const directory = mkdtempSync(join(tmpdir(), 'config-'))
const address = `0x${'11'.repeat(20)}` as const
writeDeployment(join(directory, 'sidechain.json'), {
  eth_uri: 'http://127.0.0.1:9',
  chain_id: 1338,
  free: true,
  nectar_token_address: address,
  arbiter_staking_address: address,
  bounty_registry_address: address,
})

function check(content: unknown, args: string[] = [], env: Record<string, string> = {}) {
  const file = join(directory, 'polyswarmd.json')
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return promisify(execFile)(process.execPath, [program, 'config', 'check', '--config', file, ...args], {
    env: { ...process.env, ...env },
  }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code: Number(code), stdout: String(stdout), stderr: String(stderr) }),
  )
}

test('a file gives settings by the names of the flags; the environment wins over it, and flags over both', async () => {
  const file = { side: 'sidechain.json', host: '10.1.2.3', port: 4000, community: 'from-file', confirmations: 3 }
  const { code, stdout } = await check(file, ['--port', '4002'], {
    POLYSWARMD_PORT: '4001',
    POLYSWARMD_HOST: '0.0.0.0',
  })
  expect(code).toBe(0)
  for (const line of [
    `side = ${join(directory, 'sidechain.json')} (file)`,
    'host = 0.0.0.0 (environment)',
    'port = 4002 (flag)',
    'community = from-file (file)',
    'confirmations = 3 (file)',
    'log-format = text (default)',
    `side chain 1338, bounty registry ${address}`,
    'API keys are required',
    'The configuration can be used',
  ]) {
    expect(stdout.split('\n')).toContain(line)
  }
})

test.each([
  ['no JSON', '{', 'it is not JSON'],
  ['a list', [], 'it is no JSON object'],
  ['a key that is no setting', { prot: 1 }, '"prot" is no setting; there are host, port, '],
  [
    'a host with a port',
    { side: 'sidechain.json', 'allowed-hosts': 'a.example, b.example:1' },
    '--allowed-hosts has "b.example:1": give host names',
  ],
  [
    'an origin with a path',
    { side: 'sidechain.json', 'allowed-origins': 'https://a.example/' },
    '--allowed-origins has "https://a.example/"',
  ],
  ['a value of another kind', { port: [1] }, '"port" must be a text, a number, true or false'],
  ['a value out of range', { side: 'sidechain.json', port: 70_000 }, 'Setting --port is "70000"'],
  ['no such policy', { side: 'sidechain.json', 'api-keys': 'maybe' }, 'give auto, required, off'],
  ['no such level', { side: 'sidechain.json', 'log-level': 'loud' }, 'log-level is "loud"'],
  ['no URL', { side: 'sidechain.json', 'ipfs-api': '127.0.0.1:5001' }, 'Setting --ipfs-api is "127.0.0.1:5001"'],
  ['a password in a URL', { side: 'sidechain.json', 'ipfs-api': 'http://a:b@c' }, 'Setting --ipfs-api names a user'],
  ['no node to authorize at', { side: 'sidechain.json', 'ipfs-authorization': 'x' }, '--ipfs-api, which is missing'],
  ['no chain', {}, '--side is missing'],
  ['a deployment file that is not there', { side: 'nowhere.json' }, 'nowhere.json cannot be used'],
])('%s in the file is one sentence and exit code 1', async (_what, content, sentence) => {
  const { code, stderr } = await check(content)
  expect([code, stderr.trim().split('\n').length]).toEqual([1, 1])
  expect(stderr).toContain(sentence)
})
