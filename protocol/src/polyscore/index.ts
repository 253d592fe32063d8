/**
 * One answer out of many: the probability that an artifact is malicious, with its reasons and the records it rests on. Pure
 * functions of data; they run in a browser as well as in Node.
 *
 * @packageDocumentation
 */
export type { ArtifactReport, ReportedEngine } from '../report/artifact-report.js'
export { columnsOf, fitted } from '../report/columns.js'
export { defangedUrl } from '../report/defanged-url.js'
export { type ReportTextOptions, reportText } from '../report/report-text.js'
export type { Accuracy, Tally } from './accuracy.js'
export { familyVote } from './family.js'
export type { JudgedArtifact, Judgement } from './judgement.js'
export { type EngineContribution, type PolyScore, type PolyScoreOptions, polyScore } from './polyscore.js'
export type { Contribution } from './posterior.js'
export { type ScoreMeaning, scoreMeaning } from './score-meaning.js'
export { shareInterval } from './share-interval.js'
export { type JudgedCount, TrackRecord } from './track-record.js'
