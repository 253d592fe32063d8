import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import SevenZip from '7z-wasm'
import { type ArchiveBudget, LimitReached } from './archive-budget.js'

/** What came of extracting an archive once. */
export interface Extraction {
  files: { path: string; content: Uint8Array }[]
  /** What 7-Zip said on its error output, and of bytes that it did not look at. */
  complaints: string[]
  /** Its exit status; 0 where it is content. */
  code: number
  /** What ended it before it was through. */
  broken?: string
}

const [INPUT, OUTPUT] = ['/unpacked', '/out']
/** What 7-Zip calls the one file in a format that has no names. */
const NAMELESS = 'unpacked~'
/** To start 7-Zip takes as long as so many headers. */
const START = 20
/** So many looks at its files it takes for one thing in the archive, or more. */
const LOOKS = 4
const MOST_COMPLAINTS = 200
const LONGEST_COMPLAINT = 200

let compiled: Promise<object> | undefined

/**
 * Extracts an archive with 7-Zip, compiled to WebAssembly, in a machine of its own that has nothing but the archive and
 * ends with this call. Files that it writes stay in memory, and count as they grow.
 *
 * It computes without a pause: only in the examiner is that right.
 *
 * @throws LimitReached as soon as the budget is spent.
 */
export async function extractWithSevenZip(
  archive: Buffer,
  type: string,
  password: string,
  budget: ArchiveBudget,
): Promise<Extraction> {
  const complaints: string[] = []
  const complain = (line: string): void => {
    if (line.trim() !== '' && complaints.length < MOST_COMPLAINTS) complaints.push(line.slice(0, LONGEST_COMPLAINT))
  }
  budget.header(START)
  compiled ??= compile()
  const module = await compiled
  const machine = await start({
    stdin: () => null,
    print: (line: string) => {
      if (/^There are (?:some )?data/.test(line)) complain(line)
    },
    printErr: complain,
    instantiateWasm: (imports: object, use: (instance: object) => void) => {
      const instance = new WebAssembly.Instance(module, imports)
      use(instance)
      return instance.exports
    },
  })
  const { FS } = machine
  FS.writeFile(INPUT, new Uint8Array())
  const input = FS.lookupPath(INPUT).node
  // Not copied.
  Object.assign(input, { contents: archive, usedBytes: archive.length })
  FS.mkdir(OUTPUT)
  account(machine, input, budget)
  const { exitCode } = process
  const options = ['-y', '-aou', '-bd', '-snld', `-p${password}`, `-t${type}`, `-o${OUTPUT}`]
  try {
    const code = machine.callMain(['x', ...options, INPUT])
    return { files: filesIn(FS.lookupPath(OUTPUT).node, ''), complaints, code }
  } catch (error) {
    if (error instanceof LimitReached) throw error
    const broken = error instanceof Error ? error.message : String(error)
    return { files: filesIn(FS.lookupPath(OUTPUT).node, ''), complaints, code: -1, broken }
  } finally {
    // Its exit status is not that of this process.
    process.exitCode = exitCode
  }
}

async function compile(): Promise<object> {
  const path = createRequire(import.meta.url).resolve('7z-wasm/7zz.wasm')
  return WebAssembly.compile(await readFile(path))
}

/** Part of the language, of which the types of Node say nothing. */
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<object>
  Instance: new (module: object, imports: object) => { exports: object }
}

/** The package has one function, and types that know less of it. */
const start = SevenZip as unknown as (settings: object) => Promise<Machine>

/** What of emscripten's file system in memory is used here. */
interface Node {
  mode: number
  usedBytes: number
  contents: ArrayBufferView | Record<string, Node> | null
}

interface Stream {
  node: Node
  position: number
}

type Operation<Arguments extends unknown[], Result = unknown> = (...parameters: Arguments) => Result

interface Machine {
  callMain(parameters: string[]): number
  FS: {
    writeFile(path: string, content: Uint8Array): void
    mkdir(path: string): void
    lookupPath(path: string): { node: Node }
    filesystems: { MEMFS: MemoryFileSystem }
  }
}

interface NodeOperations {
  getattr: Operation<[Node]>
  setattr: Operation<[Node, { size?: number }]>
}

interface MemoryFileSystem {
  createNode(parent: Node, name: string, mode: number, device: number): Node
  ops_table: {
    dir: {
      node: NodeOperations & {
        mknod: Operation<[Node, string, number, number]>
        symlink: Operation<[Node, string, string]>
      }
    }
    file: {
      node: NodeOperations
      stream: {
        read: Operation<[Stream, Uint8Array, number, number, number], number>
        write: Operation<[Stream, Uint8Array, number, number, number, boolean?]>
      }
    }
  }
}

const FILE = 0o100000
const DIRECTORY = 0o040000
const KIND = 0o170000

/** Has whatever the machine reads and writes counted first. Links become empty files: nothing is written through one. */
function account({ FS }: Machine, input: Node, budget: ArchiveBudget): void {
  const { MEMFS } = FS.filesystems
  const { dir, file } = MEMFS.ops_table
  const grow = (node: Node, size: number): void => {
    if (size > node.usedBytes) budget.spend(size - node.usedBytes)
  }
  let looks = 0
  for (const operations of [dir.node, file.node]) {
    const { getattr } = operations
    operations.getattr = (node) => {
      if (++looks % LOOKS === 0) budget.header()
      return getattr(node)
    }
  }
  const { mknod } = dir.node
  dir.node.mknod = (parent, name, mode, device) => {
    if ((mode & KIND) === FILE) budget.admit(0)
    else budget.header()
    return mknod(parent, name, mode, device)
  }
  dir.node.symlink = (parent, name) => {
    budget.header()
    return MEMFS.createNode(parent, name, FILE | 0o644, 0)
  }
  const { setattr } = file.node
  file.node.setattr = (node, attributes) => {
    if (attributes.size !== undefined) grow(node, attributes.size)
    return setattr(node, attributes)
  }
  const { read, write } = file.stream
  file.stream.read = (stream, buffer, offset, length, position) => {
    const count = read(stream, buffer, offset, length, position)
    if (stream.node === input) budget.read(count)
    return count
  }
  file.stream.write = (stream, buffer, offset, length, position, own) => {
    grow(stream.node, position + length)
    return write(stream, buffer, offset, length, position, own)
  }
}

function filesIn({ contents }: Node, path: string): Extraction['files'] {
  return Object.entries((contents ?? {}) as Record<string, Node>).flatMap(([name, node]) => {
    const below = path === '' ? (name === NAMELESS ? 'unpacked' : name) : `${path}/${name}`
    if ((node.mode & KIND) === DIRECTORY) return filesIn(node, below)
    return (node.mode & KIND) === FILE ? [{ path: below, content: bytesOf(node) }] : []
  })
}

/** What is written at once is kept as signed bytes. */
function bytesOf({ contents, usedBytes }: Node): Uint8Array {
  return ArrayBuffer.isView(contents)
    ? new Uint8Array(contents.buffer, contents.byteOffset, usedBytes)
    : new Uint8Array()
}
