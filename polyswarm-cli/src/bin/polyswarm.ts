#!/usr/bin/env node
const OLDEST = 24

// Nothing is imported before this that an older Node does not have.
if (Number.parseInt(process.versions.node, 10) >= OLDEST) await import('../main.js')
else {
  process.stderr.write(
    `polyswarm needs Node ${OLDEST} or newer, and this is Node ${process.versions.node}: install a newer one.\n`,
  )
  process.exitCode = 2
}
