import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

/*
 * Runs scripts of package.json at the same time: `node test/support/side-by-side.ts check test:contracts`. A compiler that
 * has one thread leaves the other processors to the rest. What each says comes in one piece, in the order in which they were
 * named; where one fails, so does this, but not before the others have ended.
 */
const runs = process.argv.slice(2).map((script) => {
  const child = spawn('npm', ['run', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  })
  const ended = once(child, 'close').then(([status]) => status === 0)
  return { script, said: Promise.all([text(child.stdout), text(child.stderr)]), ended }
})

for (const { script, said, ended } of runs) {
  const [out, errors] = await said
  process.stdout.write(out)
  process.stderr.write(errors)
  if (await ended) continue
  process.stderr.write(`npm run ${script} has failed.\n`)
  process.exitCode = 1
}
