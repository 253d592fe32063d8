/**
 * The daemon between a market's participants and the chain.
 *
 * @packageDocumentation
 */
export { KEY_POLICIES, type KeyPolicy } from './access/key-policy.js'
export type { ArtifactContent, ArtifactEntry, ArtifactStat, ArtifactStore } from './artifacts/artifact-store.js'
export { EmbeddedArtifactStore } from './artifacts/embedded-store.js'
export type { KuboAddress } from './artifacts/kubo/kubo-rpc.js'
export { KuboArtifactStore, type KuboStoreOptions } from './artifacts/kubo/kubo-store.js'
export { DEFAULT_MAX_ARTIFACT_SIZE } from './artifacts/max-artifact-size.js'
export type { Deployment } from './chain/deployment.js'
export type { ChainName } from './chain/market-chain.js'
export * from './errors.js'
export { type Polyswarmd, type PolyswarmdOptions, startPolyswarmd } from './polyswarmd.js'
