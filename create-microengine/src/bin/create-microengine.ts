#!/usr/bin/env node
import { create } from '../create.js'
import { ScaffoldError } from '../errors.js'

try {
  await create(process.argv.slice(2), { input: process.stdin, output: process.stdout })
} catch (error) {
  const text = error instanceof ScaffoldError ? error.message : ((error as Error).stack ?? String(error))
  process.stderr.write(`create-microengine: ${text}\n`)
  process.exitCode = 1
}
