/**
 * One answer out of many: the probability that an artifact is malicious, with its reasons and the records it rests on. Pure
 * functions of data; they run in a browser as well as in Node.
 *
 * @packageDocumentation
 */
export type { Accuracy, Tally } from './accuracy.js'
export { type Beta, betaQuantile, logistic } from './beta.js'
export type { JudgedArtifact, Judgement } from './judgement.js'
export { type EngineContribution, type PolyScore, type PolyScoreOptions, polyScore } from './polyscore.js'
export { type Contribution, combine, type Posterior } from './posterior.js'
export { type JudgedCount, MAX_JUDGES, TrackRecord } from './track-record.js'
