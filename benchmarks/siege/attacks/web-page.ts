import { JSON_BODY } from '../arena.ts'
import type { Attack } from '../attack.ts'
import { failureText, type RawRequest, rawRequest, UPGRADE } from '../raw-request.ts'

const PAGE = 'https://page.example'
/** What a page that somebody visits can send to this machine, by the names that a browser would send with it. */
export const webPage: Attack = {
  name: 'web-page',
  tries:
    'act as a web page on loopback: foreign Host (a name that was bound to 127.0.0.1), foreign Origin, upgrades, and the node',
  purses: {},
  pause: 15_000,
  strike: async (arena, tally) => {
    const { host } = arena.daemon
    const account = arena.besieged.ambassador
    const body = '[{"mimetype":"text/plain"}]'
    const write = { method: 'POST', path: `/bounties/metadata?account=${account}`, body }
    const requests: [string, RawRequest][] = [
      ['read by a foreign Host', { path: '/status', headers: { host: 'page.example' } }],
      ['write by a foreign Host', { ...write, headers: { ...JSON_BODY, host: `page.example:${arena.daemon.port}` } }],
      ['write by a foreign Origin', { ...write, headers: { ...JSON_BODY, host, origin: PAGE } }],
      ['write by the Origin null', { ...write, headers: { ...JSON_BODY, host, origin: 'null' } }],
      ['upgrade by a foreign Origin', { path: '/events', headers: { ...UPGRADE, host, origin: PAGE } }],
      ['upgrade by a foreign Host', { path: '/events', headers: { ...UPGRADE, host: 'page.example' } }],
      ['Host in disguise', { path: '/status', headers: { host: `127.0.0.1.page.example:${arena.daemon.port}` } }],
    ]
    for (const [what, request] of requests) {
      try {
        const { status } = await arena.ask({ ...request, patience: 10_000 })
        tally.met(`${what}: HTTP ${status}`)
        if (status < 400) tally.breach(`${what} was let through`)
      } catch (error) {
        tally.met(`${what}: ${failureText(error)}`)
      }
    }
    const call = '{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}'
    const node = await rawRequest(new URL(arena.besieged.chainRpc), {
      method: 'POST',
      path: '/',
      headers: { ...JSON_BODY, origin: PAGE },
      body: call,
    })
    tally.met(`the dev chain: HTTP ${node.status}`)
    if (node.status < 400) tally.breach('a page may call the dev chain')
  },
}
