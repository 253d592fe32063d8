import type { Measured, Resources } from './scale-model.ts'

/**
 * What the other benchmarks measured, on two cores of a virtual machine, with small files, 64 in a bounty: `market --files 2048
 * --artifacts 64 --block-time 2` with two engines and with five for requests and processor time, of which the difference is
 * that of three engines; its ledger for the bytes of messages; `gateway` for what one daemon brings to a thousand subscribers.
 */
export const MEASURED: Measured = {
  requestsOfAmbassador: 5,
  requestsOfParty: 2.3,
  requestsPerBlock: 0.1,
  daemonSecondsPerRequest: 0.005,
  engineSecondsPerArtifact: 0.0008,
  messagesPerSecond: 2_635_000,
  announcementBytes: { once: 450, perArtifact: 240 },
  assertionBytes: { once: 1_350, perArtifact: 150 },
  otherBytes: 4_500,
}

/** What a market of this size could be given. */
export const RESOURCES: Resources = {
  blockTime: 2,
  blockGas: 30_000_000,
  gasPriceGwei: 0.05,
  coinPrice: 3_000,
  fileBytes: 500_000,
  engineLink: 1e9,
  daemonLink: 10e9,
  engineCores: 8,
  daemonCores: 8,
}
