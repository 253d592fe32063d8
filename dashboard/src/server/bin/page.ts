#!/usr/bin/env node
// Nothing is imported before this is known: an older Node cannot load the rest.
if (Number.parseInt(process.versions.node, 10) >= 24) await import('../page-program.js')
else {
  process.stderr.write(
    `polyswarm-page needs Node 24 or newer, and this is Node ${process.versions.node}: install a newer one.\n`,
  )
  process.exitCode = 1
}
