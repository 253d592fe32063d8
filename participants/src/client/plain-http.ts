import type * as Http from 'node:http'
import type * as Https from 'node:https'

/**
 * Node's HTTP clients. An `import` of `node:http` would load the runtime's `fetch` and WebSocket with it, which nobody here
 * uses: 12 MB of memory, and a tenth of a second, in each participant.
 */
export const plainHttp: { http: typeof Http; https: typeof Https } = {
  http: process.getBuiltinModule('node:http'),
  https: process.getBuiltinModule('node:https'),
}
