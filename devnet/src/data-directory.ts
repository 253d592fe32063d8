import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makePrivate } from '@polyswarm/participants/runtime'
import { parseJson, stringifyJson } from '@polyswarm/protocol'
import { DataDirectoryError } from './errors.js'
import { type MarketFile, marketFileSchema } from './market-file.js'

/** Where each part of a market lies below its data directory. */
export class DataDirectory {
  readonly root: string
  /** What of it others could read until it was opened. */
  readonly mended: readonly string[]

  private constructor(root: string, mended: readonly string[]) {
    this.root = root
    this.mended = mended
  }

  /**
   * Opens a data directory, and makes it where there is none. What a setup that was cut short has left is removed: the
   * market file is written last, so nothing of value is in a directory without it. Keys and journals are in it: all of it is
   * its owner's alone from then on.
   *
   * @throws DataDirectoryError where it cannot be read or written, or holds files that are not a market's.
   */
  static open(root: string): DataDirectory {
    let mended: string[]
    try {
      makeDirectory(root)
      const entries = readdirSync(root)
      const foreign = entries.find((entry) => !PARTS.includes(entry))
      if (foreign !== undefined) {
        throw new DataDirectoryError({
          directory: root,
          reason: `it holds "${foreign}", which is no part of a market; choose an empty or a new directory`,
        })
      }
      if (!entries.includes('market.json')) {
        for (const entry of entries) if (entry !== 'processes.json') rmSync(join(root, entry), { recursive: true })
      }
      for (const folder of FOLDERS) mkdirSync(join(root, folder), { recursive: true, mode: 0o700 })
      mended = [root, ...partsOf(root)].filter(makePrivate)
      const probe = join(root, 'logs', `.${randomUUID()}`)
      writeFileSync(probe, '')
      rmSync(probe)
    } catch (error) {
      if (error instanceof DataDirectoryError) throw error
      throw new DataDirectoryError({ directory: root, reason: (error as Error).message, cause: error })
    }
    return new DataDirectory(root, mended)
  }

  path(...parts: string[]): string {
    return join(this.root, ...parts)
  }

  get marketFile(): string {
    return this.path('market.json')
  }

  get chainState(): string {
    return this.path('chain', 'state.json')
  }

  get deployment(): string {
    return this.path('chain', 'sidechain.json')
  }

  get homeState(): string {
    return this.path('chain', 'home-state.json')
  }

  get homeDeployment(): string {
    return this.path('chain', 'homechain.json')
  }

  get truth(): string {
    return this.path('truth', 'truth.db')
  }

  get cases(): string {
    return this.path('journals', 'arbiter.cases.sqlite')
  }

  log(name: string): string {
    return this.path('logs', `${name}.log`)
  }

  journal(name: string): string {
    return this.path('journals', `${name}.sqlite`)
  }

  /**
   * The market that lives here; undefined where none was set up yet.
   *
   * @throws DataDirectoryError where its file or its chain is damaged.
   */
  readMarket(): MarketFile | undefined {
    if (!existsSync(this.marketFile)) return undefined
    const market = marketFileSchema.safeParse(this.#readJson(this.marketFile))
    if (!market.success) {
      const [issue] = market.error.issues
      throw this.#damaged(this.marketFile, `${issue?.path.join('.')}: ${issue?.message}`)
    }
    this.#readJson(this.chainState)
    this.#readJson(this.deployment)
    if (market.data.home) for (const file of [this.homeState, this.homeDeployment]) this.#readJson(file)
    for (const { keyfile, passwordFile } of Object.values(market.data.accounts)) {
      for (const file of [keyfile, passwordFile]) {
        if (!existsSync(file)) throw this.#damaged(file, 'it is missing')
      }
    }
    return market.data
  }

  /** Writes a JSON file whole or not at all. */
  writeJson(file: string, content: unknown): void {
    const partial = `${file}.partial`
    writeFileSync(partial, `${stringifyJson(content, 2)}\n`, { mode: 0o600 })
    renameSync(partial, file)
  }

  #readJson(file: string): unknown {
    try {
      return parseJson(readFileSync(file, 'utf8'))
    } catch (error) {
      throw this.#damaged(file, (error as Error).message)
    }
  }

  #damaged(file: string, reason: string): DataDirectoryError {
    return new DataDirectoryError({
      directory: this.root,
      reason: `${file} is damaged (${reason}); restore it from a copy, or start a new market in another directory`,
    })
  }
}

/** Parents first, one by one: asked for all of them at once, Node never comes back from a place like /proc. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return
  makeDirectory(dirname(path))
  mkdirSync(path, 0o700)
}

/** Folders and the files in them, as many as there are accounts; what polyswarmd, its verifiers and the consumer service keep is theirs to guard. */
function partsOf(root: string): string[] {
  const files = readdirSync(root).map((entry) => join(root, entry))
  const inFolders = FOLDERS.filter((folder) => !['polyswarmd', 'consumer', 'relay'].includes(folder)).flatMap(
    (folder) => readdirSync(join(root, folder)).map((entry) => join(root, folder, entry)),
  )
  return [...files, ...inFolders]
}

const FOLDERS = ['chain', 'consumer', 'journals', 'keys', 'logs', 'polyswarmd', 'relay', 'tables', 'truth']
const PARTS = [...FOLDERS, 'market.json', 'market.json.partial', 'processes.json', 'processes.json.partial']
