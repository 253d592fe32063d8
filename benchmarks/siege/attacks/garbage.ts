import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Arena } from '../arena.ts'
import type { Attack } from '../attack.ts'
import { failureText } from '../raw-request.ts'

const REQUESTS = 15
const TEXTS = [
  '',
  '0',
  '-1',
  '1e308',
  'NaN',
  '__proto__',
  'constructor',
  '../../etc/passwd',
  '\u0000',
  '\u202e',
  '9'.repeat(100),
  'Qm'.padEnd(46, 'z'),
  `0x${'f'.repeat(40)}`,
  'null',
  'true',
  "' OR 1=1 --",
  'a'.repeat(400),
]
const LINES = [
  'nonsense\r\n\r\n',
  'GET / HTTP/9.9\r\n\r\n',
  'POST /artifacts HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello',
  'POST /transactions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\nffffffffffff\r\n',
  `GET /status HTTP/1.1\r\n${'X: y\r\n'.repeat(3_000)}\r\n`,
  `GET /${'%'.repeat(9_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  'POST /artifacts HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 30\r\n\r\n--b\r\nContent-Disposition: x\r\n',
]

/** Every route of the daemon's own document, with everything in it that does not belong there. */
export const garbage: Attack = {
  name: 'garbage',
  tries:
    'send nonsense to every route, by every method, and lines that are no HTTP; no answer may be an error of the daemon',
  purses: {},
  pause: 2_500,
  strike: async (arena, tally) => {
    const routes = await routesOf(arena)
    for (let index = 0; index < REQUESTS; index++) {
      const route = pick(routes)
      const path = route.path.replace(/\{\w+\}/g, () => encodeURIComponent(pick(TEXTS)) || 'x')
      const query = `account=${pick([arena.besieged.ambassador, encodeURIComponent(pick(TEXTS))])}&${pick(['chain', 'since', 'page', 'after', 'wait', 'fees', 'preflight'])}=${encodeURIComponent(pick(TEXTS))}`
      const body = pick([
        undefined,
        JSON.stringify(pick(TEXTS)),
        `{"${pick(TEXTS.slice(1, 7))}":[${pick(['1', 'null', '{}'])}]}`,
        '{',
      ])
      const type = pick([
        'application/json',
        'text/plain',
        'multipart/form-data; boundary=b',
        'application/json; charset=x',
      ])
      try {
        const { status } = await arena.ask({
          method: pick([route.method, route.method, route.method, 'PUT', 'DELETE', 'OPTIONS']),
          path: `${path}?${query}`,
          headers: { 'content-type': type },
          ...(body !== undefined && { body }),
        })
        tally.met(`HTTP ${status}`)
        if (status >= 500 && status !== 503) tally.breach(`HTTP ${status} from ${route.method} ${route.path}`)
      } catch (error) {
        tally.met(failureText(error))
      }
    }
    tally.met(`line: ${await answerToLine(arena, pick(LINES))}`)
  },
}

async function routesOf(arena: Arena): Promise<{ method: string; path: string }[]> {
  const { text } = await arena.ask({ path: '/openapi.json' })
  const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, unknown>> }
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
  )
}

async function answerToLine(arena: Arena, line: string): Promise<string> {
  const socket = connect(Number(arena.daemon.port), arena.daemon.hostname)
  socket.on('error', () => undefined)
  try {
    socket.write(line)
    const signal = AbortSignal.timeout(3_000)
    const [answer] = (await once(socket, 'data', { signal })) as [Buffer]
    return `HTTP ${answer.toString('latin1', 9, 12)}`
  } catch (error) {
    return failureText(error)
  } finally {
    socket.destroy()
  }
}

function pick<T>(choices: readonly T[]): T {
  return choices[randomBytes(2).readUInt16BE() % choices.length] as T
}
