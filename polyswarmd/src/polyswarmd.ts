import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { MAX_ARTIFACT_SIZE } from '@polyswarm/protocol'
import type { FastifyInstance } from 'fastify'
import { type Logger, pino } from 'pino'
import { AccessControl } from './access/access-control.js'
import { KEY_FILE, KeyFile } from './access/key-file.js'
import { type KeyPolicy, requiresKeys } from './access/key-policy.js'
import { servedNames } from './access/served-names.js'
import type { ApiContext } from './api/api-context.js'
import { BodyReader } from './api/request-body.js'
import { offersChain } from './api/request-values.js'
import { buildServer } from './api/server.js'
import { buildServer2018 } from './api-2018/server-2018.js'
import type { ArtifactStore } from './artifacts/artifact-store.js'
import { EmbeddedArtifactStore } from './artifacts/embedded-store.js'
import type { KuboAddress } from './artifacts/kubo/kubo-rpc.js'
import { KuboArtifactStore } from './artifacts/kubo/kubo-store.js'
import { MetadataDocuments } from './artifacts/metadata-documents.js'
import { PinKeeper } from './artifacts/pin-keeper.js'
import { closeTransport } from './chain/chain-transport.js'
import type { Deployment } from './chain/deployment.js'
import type { FollowedChain } from './chain/followed-chain.js'
import type { ChainName } from './chain/market-chain.js'
import { openChain } from './chain/open-chain.js'
import { type DataDirectory, openDataDirectory } from './data-directory.js'
import { ListenError, SettingError } from './errors.js'
import { OpeningStore } from './keeping/opening-store.js'
import { keepHistory } from './ledger/history-keeper.js'
import type { Ledger } from './ledger/ledger.js'
import { channelRoutes } from './offers/channel-routes.js'
import { type OfferStreams, openOfferStreams } from './offers/offer-streams.js'
import { eventRoutes } from './stream/event-routes.js'
import { healthRoutes } from './telemetry/health-routes.js'

/** How a daemon runs. */
export interface PolyswarmdOptions {
  /** Directory of ledgers and artifacts; made if it is not there. One daemon at a time. */
  data: string
  /** Where the markets stand: one chain or two. */
  chains: Partial<Record<ChainName, Deployment>>
  /** Address to listen on. Default 127.0.0.1. */
  host?: string | undefined
  /** Port to listen on; 0 picks a free one. Default 31337. */
  port?: number | undefined
  /** Port for the API as it was in 2018, for programs of that time; 0 picks a free one. Default: none. */
  api2018Port?: number | undefined
  /** Name that `/status` repeats. Default `polyswarm`. */
  community?: string | undefined
  /** When API keys are required. Default `auto`: where it listens on more than loopback. */
  apiKeys?: KeyPolicy | undefined
  /** Host names that others know the daemon by, besides addresses and localhost; `*` for any. */
  allowedHosts?: readonly string[] | undefined
  /** Origins of pages that may use the daemon through a browser, such as `https://market.example`. Default: none. */
  allowedOrigins?: readonly string[] | undefined
  /** Largest artifact, in bytes. MAX_ARTIFACT_SIZE by default. */
  maxArtifactSize?: number | undefined
  /** Blocks after its end for which the artifacts of a bounty are kept. Default: for ever. */
  keepArtifacts?: number | undefined
  /** Blocks after its end for which a bounty is remembered, with what happened to it. Default: for ever. */
  keepHistory?: number | undefined
  /** The Kubo node that keeps the artifacts. Default: they are kept in the data directory. */
  kubo?: KuboAddress | undefined
  /** Milliseconds between two looks at a chain's head. Default 1000. */
  pollingInterval?: number | undefined
  /** Blocks that must stand on top of one before it is read. Default 0. */
  confirmations?: number | undefined
  /** How long to wait for a node that does not answer at the start, in ms. Default 10000. */
  chainPatience?: number | undefined
  /** Default: silent. */
  log?: Logger | undefined
  /** Ends the start; a daemon that runs is ended by `stop`. */
  signal?: AbortSignal | undefined
}

/** A running daemon. */
export interface Polyswarmd {
  /** Where it listens, with the port it really has. */
  url: string
  /** Where it speaks the API of 2018, if it does. */
  url2018?: string
  /** Ends every connection and closes the ledgers, within a few seconds. Calling it again waits for the same end. */
  stop(): Promise<void>
  /** Rejects when the daemon can no longer do its work: the node has become that of another chain, or the disk fails. */
  failed: Promise<never>
}

/** Answers that are under way get this long when the daemon stops, in ms. */
const GRACE = 3_000

/** How long the start waits for the ledger to be up to date before it serves what it has, in ms. */
const CATCH_UP_LIMIT_MS = 5_000

/**
 * Starts the daemon: reads the chains into their ledgers, and serves the API and the events.
 *
 * @throws SettingError, DataDirectoryError, ListenError, ChainUnavailableError, ChainMismatchError,
 * ContractMissingError, LedgerMismatchError or LedgerDamagedError; nothing is left running then.
 */
export async function startPolyswarmd(options: PolyswarmdOptions): Promise<Polyswarmd> {
  const deployments = Object.entries(options.chains) as [ChainName, Deployment][]
  if (deployments.length === 0) throw new SettingError({ setting: 'chains', reason: 'names no chain to serve' })
  const log = options.log ?? pino({ level: 'silent' })
  const { pollingInterval = 1_000, confirmations = 0, chainPatience: patience = 10_000 } = options
  const directory = openDataDirectory(options.data)
  const stopping = new AbortController()
  const starting = options.signal ? AbortSignal.any([stopping.signal, options.signal]) : stopping.signal
  const chains: Partial<Record<ChainName, FollowedChain>> = {}
  const openings: Partial<Record<ChainName, OpeningStore>> = {}
  const apps: FastifyInstance[] = []
  let keys: KeyFile | null = null
  let pins: PinKeeper | null = null
  let store: (ArtifactStore & { close(): void }) | undefined
  let offers: OfferStreams | undefined
  const close = async () => {
    stopping.abort()
    await Promise.all(apps.map(closeServer))
    offers?.close()
    await Promise.all(following)
    await keeping
    await pins?.stop()
    for (const { ledger, chain } of Object.values(chains)) {
      ledger.close()
      await closeTransport(chain.client)
    }
    for (const kept of Object.values(openings)) kept.close()
    store?.close()
    keys?.close()
    directory.release()
  }
  const following: Promise<void>[] = []
  let keeping: Promise<void> | undefined
  try {
    store = openStore(directory, options.kubo)
    for (const [name, deployment] of deployments) {
      const ledgerFile = directory.path(`ledger-${name}.sqlite`)
      const plan = { name, deployment, ledgerFile, log, pollingInterval, confirmations, patience }
      chains[name] = await openChain(plan, starting)
      openings[name] = OpeningStore.open(directory.path(`openings-${name}.sqlite`))
    }
    const host = options.host ?? '127.0.0.1'
    if (requiresKeys(options.apiKeys ?? 'auto', host)) {
      keys = KeyFile.open(directory.path(KEY_FILE))
      if (keys.list().every(({ revokedAt }) => revokedAt !== null)) {
        log.warn('API keys are required and there is none yet: add one with polyswarmd key add')
      }
    }
    const access = new AccessControl({
      keys,
      maxArtifactSize: options.maxArtifactSize ?? MAX_ARTIFACT_SIZE,
      now: () => performance.now(),
    })
    const { keepArtifacts: keptBlocks } = options
    if (keptBlocks !== undefined) {
      const ledgers = Object.values(chains).map(({ ledger }) => ledger)
      pins = new PinKeeper({ store, ledgers, file: directory.path('pins.sqlite'), keptBlocks, log })
    }
    if (options.keepHistory !== undefined) {
      const ledgers = Object.values(chains).map(({ ledger }) => ledger)
      const doneWith = pins ? (ledger: Ledger) => pins?.lookedAt(ledger) ?? -1 : undefined
      const kept = { ledgers, keptBlocks: options.keepHistory, log, ...(doneWith && { doneWith }) }
      keeping = keepHistory(kept, stopping.signal)
    }
    const context: ApiContext = {
      access,
      names: servedNames({ ...options, host }),
      bodies: new BodyReader(),
      chains,
      store,
      pins,
      openings,
      documents: new MetadataDocuments(store),
      community: options.community ?? 'polyswarm',
      defaultChain: 'side',
      confirmations,
      startedAt: Date.now(),
      stopping: stopping.signal,
      log,
    }
    const offersLedger = chains[offersChain(context)]?.ledger
    if (offersLedger) offers = openOfferStreams(offersLedger, directory.path('messages.sqlite'), log)
    const app = await buildServer(context)
    apps.push(app)
    const streams = await eventRoutes(app, context)
    if (offers) await channelRoutes(app, context, offers)
    stopping.signal.addEventListener('abort', () => {
      streams.stop()
      offers?.stop()
    })
    healthRoutes(app, context, streams)
    await app.ready()
    const { api2018Port } = options
    const app2018 =
      offers && api2018Port !== undefined ? await buildServer2018(context, { events: streams, offers }) : null
    if (app2018) apps.push(app2018)

    const failure = Promise.withResolvers<never>()
    failure.promise.catch(() => undefined)
    for (const { follower } of Object.values(chains)) {
      following.push(follower.run(stopping.signal).catch((error) => failure.reject(error)))
    }
    await Promise.race([
      caughtUp(Object.values(chains)),
      delay(CATCH_UP_LIMIT_MS, undefined, { ref: false }),
      failure.promise,
    ])
    starting.throwIfAborted()
    const { port = 31337 } = options
    const url = await listen(app, host, port)
    const url2018 = app2018 ? await listen(app2018, host, api2018Port ?? 0) : undefined
    let stopped: Promise<void> | undefined
    return {
      url,
      ...(url2018 === undefined ? {} : { url2018 }),
      failed: failure.promise,
      stop: () => {
        stopped ??= close()
        return stopped
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

function openStore(directory: DataDirectory, kubo: KuboAddress | undefined) {
  return kubo
    ? new KuboArtifactStore({ ...kubo, file: directory.path('kubo.sqlite') })
    : new EmbeddedArtifactStore(directory.path('artifacts'))
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    await app.listen({ host, port })
  } catch (cause) {
    throw new ListenError({ host, port, cause })
  }
  const { port: actual } = app.server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${actual}`
}

async function caughtUp(chains: readonly FollowedChain[]): Promise<void> {
  await Promise.all(
    chains.map(
      ({ follower }) => follower.caughtUp || new Promise((resolve) => follower.once('caughtUp', () => resolve(null))),
    ),
  )
}

async function closeServer(app: FastifyInstance): Promise<void> {
  const impatience = setTimeout(() => app.server.closeAllConnections(), GRACE)
  await app.close()
  clearTimeout(impatience)
}
