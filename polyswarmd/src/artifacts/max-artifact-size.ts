/** Largest artifact by default: 33 MiB, as the original's configuration had it. */
export const DEFAULT_MAX_ARTIFACT_SIZE = 34_603_008
