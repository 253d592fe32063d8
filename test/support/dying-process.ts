import { syncBuiltinESMExports } from 'node:module'
import { DatabaseSync } from 'node:sqlite'

/*
 * Loaded into a program before it starts (`node --import`): the program is killed by SIGKILL at the step that DIE_AT names,
 * such as `committed 2`, the second time that something is committed. Steps are what makes a difference after a crash: a
 * transaction of a database that is committed, a file that is in its place, a request with a signed transaction that is not
 * sent, and one that is answered without the program having heard of it.
 */
const [, last = '', time = '1'] = /^(.*) (\d+)$/.exec(process.env.DIE_AT ?? '') ?? []
let steps = 0

const fs = process.getBuiltinModule('node:fs')
const http = process.getBuiltinModule('node:http')

function step(name: string): void {
  if (name !== last || ++steps !== Number(time)) return
  fs.writeSync(2, `killed: ${name}\n`)
  process.kill(process.pid, 'SIGKILL')
}

const exec = DatabaseSync.prototype.exec
DatabaseSync.prototype.exec = function (sql) {
  exec.call(this, sql)
  if (sql === 'COMMIT') step('committed')
}

const { renameSync, linkSync } = fs
fs.renameSync = (from, to) => {
  renameSync(from, to)
  step('renamed')
}
fs.linkSync = (from, to) => {
  linkSync(from, to)
  step('linked')
}

const end = http.ClientRequest.prototype.end
http.ClientRequest.prototype.end = function (this: InstanceType<typeof http.ClientRequest>, ...given: unknown[]) {
  const isSending = String(given[0]).includes('eth_sendRawTransaction') || this.path.startsWith('/transactions')
  if (isSending && this.method === 'POST') {
    step('about to send')
    this.prependOnceListener('response', () => step('sent'))
  }
  return end.apply(this, given as never)
} as typeof end
syncBuiltinESMExports()
