import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

test('a client of the daemon does not load the fetch and the WebSocket of the runtime', () => {
  const loaded = (code: string) =>
    execFileSync(
      process.execPath,
      ['--input-type=module', '-e', `${code}; console.log(process.moduleLoadList.join())`],
      {
        cwd: new URL('../..', import.meta.url),
        encoding: 'utf8',
      },
    )
  expect(loaded("await import('node:http')")).toMatch(/deps\/undici/)
  expect(loaded("await import('./src/client/plain-http.ts')")).not.toMatch(/deps\/undici/)
})
