/** Largest artifact that a market's programs take unless they are told otherwise, in bytes: 33 MiB, as in the original. */
export const MAX_ARTIFACT_SIZE = 34_603_008
