import { randomBytes, randomFillSync } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { Agent, type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import type { DaemonProcess } from './daemon-process.ts'
import { NginxProcess } from './nginx-process.ts'

/** MB/s with one client that asks for one file after another; ratios are of nginx, null where there is none. */
export interface TransferRow {
  artifact: string
  download: number
  downloadRatio: number | null
  upload: number
  uploadRatio: number | null
}

const MIB = 1024 * 1024
const SIZES = [1, 32]

/** How long each is measured, in ms, and how often, after one transfer that does not count. */
const TURN = 250
const TURNS = 16

/** Uploads and downloads artifacts of two sizes, and the same bytes by nginx. */
export async function measureTransfer(daemon: DaemonProcess, directory: string): Promise<TransferRow[]> {
  const files = join(directory, 'files')
  mkdirSync(files)
  const nginx = NginxProcess.installed() ? await NginxProcess.start(files) : null
  try {
    const rows: TransferRow[] = []
    for (const size of SIZES) {
      const bytes = size * MIB
      const content = randomBytes(bytes)
      const uri = await uploadTo(daemon, content)
      writeFileSync(join(files, `${size}`), content)
      const [download = 0, nginxDownload] = await rates(bytes, [
        () => fetchAll(`${daemon.url}/artifacts/${uri}/0`, bytes),
        ...(nginx ? [() => fetchAll(`${nginx.url}/${size}`, bytes)] : []),
      ])
      const [upload = 0, nginxUpload] = await rates(bytes, [
        () => uploadTo(daemon, content),
        ...(nginx ? [() => send('PUT', `${nginx.url}/put-${size}`, {}, [content])] : []),
      ])
      rows.push({
        artifact: `${size} MiB`,
        download,
        downloadRatio: nginxDownload === undefined ? null : download / nginxDownload,
        upload,
        uploadRatio: nginxUpload === undefined ? null : upload / nginxUpload,
      })
    }
    return rows
  } finally {
    agent.destroy()
    await nginx?.stop()
  }
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 })

/** MB/s of transfers of one size, in turns, so that whatever else the machine does meets them alike. */
async function rates(bytes: number, transfers: readonly (() => Promise<unknown>)[]): Promise<number[]> {
  for (const transfer of transfers) await transfer()
  const spent = transfers.map(() => ({ bytes: 0, ms: 0 }))
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [index, transfer] of transfers.entries()) {
      const so = spent[index]
      if (!so) continue
      const start = performance.now()
      while (performance.now() - start < TURN) {
        await transfer()
        so.bytes += bytes
      }
      so.ms += performance.now() - start
    }
  }
  return spent.map(({ bytes: all, ms }) => all / 1e6 / (ms / 1000))
}

async function fetchAll(url: string, size: number): Promise<void> {
  const sent = request(url, { agent }).end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  let received = 0
  response.on('data', (chunk: Buffer) => {
    received += chunk.length
  })
  await once(response, 'end')
  if (response.statusCode !== 200 || received !== size)
    throw new Error(`${url}: ${response.statusCode}, ${received} bytes`)
}

/** Each upload is made to differ in every block from what is stored already. */
async function uploadTo(daemon: DaemonProcess, content: Buffer): Promise<string> {
  for (let at = 0; at < content.length; at += 64 * 1024) randomFillSync(content, at, 4)
  const boundary = 'part-of-the-benchmark'
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a"\r\nContent-Type: application/octet-stream\r\n\r\n`
  const parts = [Buffer.from(head), content, Buffer.from(`\r\n--${boundary}--\r\n`)]
  const answer = await send(
    'POST',
    `${daemon.url}/artifacts`,
    { 'content-type': `multipart/form-data; boundary=${boundary}` },
    parts,
  )
  return (JSON.parse(answer) as { result: string }).result
}

async function send(method: string, url: string, headers: Record<string, string>, parts: Buffer[]): Promise<string> {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const sent = request(url, { method, agent, headers: { ...headers, 'content-length': length } })
  for (const part of parts) sent.write(part)
  sent.end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  if ((response.statusCode ?? 500) >= 300) throw new Error(`${url}: ${response.statusCode} ${text}`)
  return text
}
