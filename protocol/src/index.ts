/**
 * The language that every part of a PolySwarm market speaks. Pure functions and schemas: no file, no socket, no clock; it
 * runs in a browser as well as in Node.
 *
 * @packageDocumentation
 */
export {
  arbiterStakingAbi,
  bountyRegistryAbi,
  erc20RelayAbi,
  keeperAbi,
  nectarTokenAbi,
  offerMultiSigAbi,
  offerRegistryAbi,
} from './abis.js'
export { type Amount, baseUnits, formatNct, NCT_DECIMALS, parseBaseUnits, parseNct } from './amount.js'
export { amountText } from './amount-text.js'
export {
  type ArtifactList,
  type AssertionResult,
  artifactList,
  assertionResult,
  type BountyParameters,
  type BountyResult,
  type BountyTerms,
  bloomResult,
  bountyParameters,
  bountyResult,
  bountyTerms,
  postAssertionRequest,
  postBountyRequest,
  revealRequest,
  type SettlementResult,
  type StakingParameters,
  type StakingStanding,
  settlementResult,
  stakeRequest,
  stakingParameters,
  stakingStanding,
  type VoteResult,
  voteRequest,
  voteResult,
} from './api/bounty.js'
export { BOUNTY_MOVES, type BountyMove, bountyMoves } from './api/bounty-move.js'
export { envelope, type Failure, type Success } from './api/envelope.js'
export { type MarketEvent, type MarketEventOf, marketEvent } from './api/event.js'
export { jsonSchemaOf } from './api/json-schema.js'
export {
  type ClaimList,
  claimList,
  type DueList,
  dueList,
  type ListedClaim,
  type ListedOpening,
  MAX_OPENINGS_TOGETHER,
  MAX_REVEAL_METADATA_BYTES,
  type OpeningList,
  type OpeningRequest,
  type OpeningResult,
  openingList,
  openingRequest,
  openingResult,
  openingResults,
  openingsRequest,
} from './api/keeping.js'
export { assertionList, bountyList, type OutcomeList, outcomeList, voteList } from './api/list.js'
export { type ContractsResult, contractsResult, type StatusResult, statusResult } from './api/market.js'
export {
  type OfferEvent,
  type OfferMessage,
  offerAgreedRequest,
  offerEvent,
  offerListEntry,
  offerMessage,
  offerMessageRequest,
  offerRequest,
  offerSignedRequest,
  offerStateRequest,
  offerUriRequest,
  relayFeesResult,
  relayPaymentResult,
  relayRequest,
} from './api/offer.js'
export { type QuoteResult, quoteRequest, quoteResult } from './api/quote.js'
export { type Movement, movement, type StatementPage, statementPage } from './api/statement.js'
export {
  findTransactionsBody,
  MAX_RAW_TRANSACTION,
  type SentTransaction,
  sendTransactionsBody,
  sentTransaction,
  signedTransactions,
  type TransactionEvents,
  transactionEvents,
  type UnsignedTransaction,
} from './api/transaction.js'
export { MAX_ARTIFACT_SIZE } from './artifact-size.js'
export { ARTIFACT_TYPES, type ArtifactType, artifactTypeFromUint } from './artifact-type.js'
export { type Bloom, bloomOf } from './bloom.js'
export { commitmentOf, newNonce, sealedCommitmentOf } from './commitment.js'
export { CONTENT_ADDRESS, isContentAddress } from './content-address.js'
export {
  exitCodeOf,
  InvalidAmountError,
  InvalidArtifactTypeError,
  InvalidGuidError,
  InvalidMaskError,
  InvalidNonceError,
  InvalidOfferStateError,
  InvalidSwitchError,
  KeystoreError,
  PolySwarmError,
} from './errors.js'
export { gasBound } from './gas-bound.js'
export { type Guid, guidFromUint128, guidToUint128, newGuid, parseGuid } from './guid.js'
export { type JsonLimits, parseJson, stringifyJson } from './json.js'
export { decryptKeystore, encryptKeystore } from './keystore.js'
export {
  type AssertionOrder,
  approveCall,
  type BountyOrder,
  type BroughtItem,
  type BroughtItems,
  batchCall,
  bringCall,
  depositStakeCall,
  type KeeperBatch,
  type MarketAddresses,
  type MarketCall,
  mintCall,
  type OpeningOrder,
  postAssertionCall,
  postBountyCall,
  postSealedAssertionCall,
  type RevealOrder,
  readBringCall,
  revealAssertionCall,
  settleBountyCall,
  transferCall,
  type VoteOrder,
  voteOnBountyCall,
  withdrawStakeCall,
} from './market-call.js'
export {
  type ArtifactMask,
  booleansFromMask,
  countBits,
  fullMask,
  hasBit,
  MAX_ARTIFACTS,
  MAX_ARTIFACTS_UNSEALED,
  maskFromBooleans,
} from './mask.js'
export {
  type AssertionMetadata,
  assertionMetadataSchema,
  type BountyMetadata,
  bountyMetadataSchema,
} from './metadata.js'
export {
  cancelAgreementCall,
  challengeSettleCall,
  closeAgreementCall,
  closeAgreementWithTimeoutCall,
  initializeOfferChannelCall,
  joinAgreementCall,
  type OfferChannelOrder,
  type OfferSignature,
  type OfferSignatures,
  openAgreementCall,
  setCommunicationUriCall,
  startSettleCall,
} from './offer-call.js'
export { offerProofText } from './offer-proof.js'
export { decodeOfferState, encodeOfferState, type OfferState, offerStateDigest, offerStateWord } from './offer-state.js'
export { type PayoutLine, payoutLines } from './payout-lines.js'
export { BOUNTY_PHASES, type BountyPhase, type BountyWindows, phaseAt, voteEnd, voteStart } from './phase.js'
export { consensusOf, decidedArtifacts, quorumReached, type Vote } from './quorum.js'
export { type Payout, type Settlement, settle } from './settlement.js'
export { bidOn, isCorrect, type SettledAssertion, type SettledVote, type SettlementInput } from './settlement-input.js'
export { type CommandLine, readSwitches } from './switches.js'
export { OUTCOMES, type Outcome, type Verdict, verdictOfBit } from './verdict.js'
export { visibleText } from './visible-text.js'
export { foreignHeader, type ServedNames, type WebHeaders } from './web-origin.js'
export { withEnds } from './with-ends.js'
export { withinTime } from './within-time.js'
