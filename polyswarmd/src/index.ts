/**
 * The daemon between a market's participants and the chain.
 *
 * @packageDocumentation
 */
export type { KeyPolicy } from './access/key-policy.js'
export type { KuboAddress } from './artifacts/kubo/kubo-rpc.js'
export type { Deployment } from './chain/deployment.js'
export type { ChainName } from './chain/market-chain.js'
export {
  ArtifactStoreError,
  ChainMismatchError,
  ChainUnavailableError,
  ContractMissingError,
  DataDirectoryError,
  KeyFileError,
  KuboUnreachableError,
  LedgerDamagedError,
  LedgerMismatchError,
  ListenError,
  SettingError,
} from './errors.js'
export { type Polyswarmd, type PolyswarmdOptions, startPolyswarmd } from './polyswarmd.js'
