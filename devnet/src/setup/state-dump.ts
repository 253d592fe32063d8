import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'

/** What stands before the bytes in the answer of a node, whose `result` is hexadecimal. */
const OPENING = '"result":"0x'
/** Milliseconds without a byte after which the node is given up: of a large state nothing comes for a while. */
const LONGEST_SILENCE = 120_000

/**
 * The state of an anvil as it writes it down: JSON, compressed by gzip. It comes in pieces: the state of an old chain is
 * longer than any string.
 *
 * @throws Error where the node does not answer, falls silent, or refuses.
 */
export async function* stateDump(rpcUrl: string): AsyncGenerator<Buffer, void> {
  const answer = await ask(rpcUrl, '{"jsonrpc":"2.0","id":1,"method":"anvil_dumpState","params":[]}')
  let head: string | undefined = ''
  let odd = ''
  for await (const chunk of answer.setEncoding('latin1')) {
    let text = odd + chunk
    if (head !== undefined) {
      head += text
      const start = head.indexOf(OPENING)
      if (start < 0) continue
      text = head.slice(start + OPENING.length)
      head = undefined
    }
    const end = text.indexOf('"')
    const length = end < 0 ? text.length & ~1 : end
    odd = text.slice(length)
    if (length > 0) yield Buffer.from(text.slice(0, length), 'hex')
    if (end >= 0) return
  }
  throw new Error(`the chain did not write its state down: ${head ?? 'the answer was cut short'}`)
}

async function ask(rpcUrl: string, body: string): Promise<IncomingMessage> {
  const question = request(rpcUrl, { method: 'POST', headers: { 'content-type': 'application/json' } })
  question.setTimeout(LONGEST_SILENCE, () => question.destroy(new Error('the chain does not answer')))
  question.end(body)
  const [answer] = (await once(question, 'response')) as [IncomingMessage]
  return answer
}
