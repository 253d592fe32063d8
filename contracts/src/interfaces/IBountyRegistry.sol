// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Bounty} from "../types/BountyRecord.sol";
import {IMarketGovernance} from "./IMarketGovernance.sol";

/// @title The market for verdicts
/// @notice An ambassador posts a bounty on artifacts; engines bid on verdicts that they commit to and later reveal;
/// arbiters vote; everybody settles for itself and is paid its own share.
///
/// What a settlement needs is in storage. The rest (URI, metadata, bloom filter, nonces, who voted what) is in the
/// events. For each bounty the registry holds exactly its `escrow`, and the sum of all escrows is its balance.
interface IBountyRegistry is IMarketGovernance {
    /// @notice Emitted when a bounty is posted
    /// @param guid The bounty
    /// @param artifactType 0 for files, 1 for URLs
    /// @param author Who posted it
    /// @param amount What it pays, in base units of NCT
    /// @param artifactURI Where its artifacts are
    /// @param expirationBlock The first block of the reveal round
    /// @param metadata What the author says about it
    event NewBounty(
        uint128 guid,
        uint256 artifactType,
        address author,
        uint256 amount,
        string artifactURI,
        uint256 expirationBlock,
        string metadata
    );

    /// @notice Emitted right after `NewBounty`: what is fixed for the bounty from now on
    /// @param guid The bounty
    /// @param numArtifacts How many artifacts it has
    /// @param bloom Bloom filter of the artifacts' content addresses
    /// @param bountyFee What the author paid besides the amount, in base units of NCT
    /// @param assertionFee What each engine pays, in base units of NCT
    /// @param assertionRevealWindow How many blocks engines have to reveal
    /// @param arbiterVoteWindow How many blocks arbiters have to vote
    /// @param arbiterCount How many arbiters there are
    event BountyTerms(
        uint128 indexed guid,
        uint256 numArtifacts,
        uint256[8] bloom,
        uint256 bountyFee,
        uint256 assertionFee,
        uint256 assertionRevealWindow,
        uint256 arbiterVoteWindow,
        uint256 arbiterCount
    );

    /// @notice Emitted when an engine asserts
    /// @param bountyGuid The bounty
    /// @param author The engine
    /// @param index The number of the assertion, from 0
    /// @param bid One bid for each artifact of the mask, in order, in base units of NCT
    /// @param mask Bit i is set if the engine asserts on artifact i
    /// @param numArtifacts How many artifacts the bounty has
    /// @param commitment What the engine committed to
    event NewAssertion(
        uint128 bountyGuid,
        address author,
        uint256 index,
        uint256[] bid,
        uint256 mask,
        uint256 numArtifacts,
        uint256 commitment
    );

    /// @notice Emitted when an engine reveals
    /// @param bountyGuid The bounty
    /// @param author The engine
    /// @param index The number of the assertion
    /// @param nonce The nonce of its commitment
    /// @param verdicts Bit i is set if it finds artifact i malicious; none outside of the mask
    /// @param numArtifacts How many artifacts the bounty has
    /// @param metadata What the engine says about it
    event RevealedAssertion(
        uint128 bountyGuid,
        address author,
        uint256 index,
        uint256 nonce,
        uint256 verdicts,
        uint256 numArtifacts,
        string metadata
    );

    /// @notice Emitted when an arbiter votes
    /// @param bountyGuid The bounty
    /// @param votes Bit i is set if it finds artifact i malicious
    /// @param numArtifacts How many artifacts the bounty has
    /// @param voter The arbiter
    event NewVote(uint128 bountyGuid, uint256 votes, uint256 numArtifacts, address voter);

    /// @notice Emitted right after `NewVote`
    /// @param guid The bounty
    /// @param voter The arbiter
    /// @param validBloom Whether it found the bloom filter to be that of the artifacts
    event BloomVote(uint128 indexed guid, address indexed voter, bool validBloom);

    /// @notice Emitted before the `NewVote` that makes the outcome certain
    /// @param bountyGuid The bounty
    event QuorumReached(uint128 bountyGuid);

    /// @notice Emitted once for each time that somebody settles
    /// @param bountyGuid The bounty
    /// @param settler Who settled
    /// @param payout What it got, in base units of NCT; zero for an engine that was wrong on everything
    event SettledBounty(uint128 bountyGuid, address settler, uint256 payout);

    /// @notice Emitted when bids that were lost and that nobody won are burned, or sent to the treasury if one is set:
    /// with the settlement of the author
    /// @param guid The bounty
    /// @param amount How much, in base units of NCT
    event BurnedBids(uint128 indexed guid, uint256 amount);

    /// @notice Emitted when what divisions left over is burned, or sent to the treasury if one is set: with the last
    /// claim
    /// @param guid The bounty
    /// @param amount How much, in base units of NCT
    event BurnedDust(uint128 indexed guid, uint256 amount);

    /// @notice Thrown when a bounty is posted under a guid that is taken
    /// @param guid The guid
    error BountyGuidTaken(uint128 guid);

    /// @notice Thrown when a bounty is posted while there are no arbiters: nobody could ever vote on it
    error BountyWithoutArbiters();

    /// @notice Thrown when there is no bounty under a guid
    /// @param guid The guid
    error BountyUnknown(uint128 guid);

    /// @notice Thrown when something is done in a round in which it is not
    /// @param guid The bounty
    /// @param round The round it is in, 0 to 4
    error BountyWrongRound(uint128 guid, uint256 round);

    /// @notice Thrown when artifacts are neither files (0) nor URLs (1)
    /// @param artifactType What they were said to be
    error BountyArtifactTypeUnknown(uint256 artifactType);

    /// @notice Thrown when a bounty has no artifacts or too many
    /// @param numArtifacts How many it has
    /// @param maximum How many it may have
    error BountyArtifactCountOutOfRange(uint256 numArtifacts, uint256 maximum);

    /// @notice Thrown when a bounty pays too little, or more than there can be
    /// @param amount What it pays, in base units of NCT
    /// @param minimum The least it must pay
    /// @param maximum The most it may pay
    error BountyAmountOutOfRange(uint256 amount, uint256 minimum, uint256 maximum);

    /// @notice Thrown when engines would have no time to assert, or too much
    /// @param durationBlocks How many blocks they would have
    /// @param maximum How many they may have
    error BountyDurationOutOfRange(uint256 durationBlocks, uint256 maximum);

    /// @notice Thrown when a bounty has no URI or one that is too long
    /// @param length How many bytes it has
    /// @param maximum How many it may have
    error BountyURILengthOutOfRange(uint256 length, uint256 maximum);

    /// @notice Thrown when metadata is too long
    /// @param length How many bytes it has
    /// @param maximum How many it may have
    error MetadataTooLong(uint256 length, uint256 maximum);

    /// @notice Thrown when an engine asserts a second time on a bounty
    /// @param guid The bounty
    /// @param author The engine
    error AssertionAlreadyPosted(uint128 guid, address author);

    /// @notice Thrown when an engine asserts on no artifact, or on one that the bounty does not have
    /// @param mask The artifacts
    /// @param numArtifacts How many artifacts the bounty has
    error AssertionMaskInvalid(uint256 mask, uint256 numArtifacts);

    /// @notice Thrown when there is not one bid for each artifact of the mask
    /// @param bids How many bids there are
    /// @param artifacts How many artifacts there are in the mask
    error AssertionBidCountMismatch(uint256 bids, uint256 artifacts);

    /// @notice Thrown when a bid is too low or too high
    /// @param index Which bid
    /// @param bid The bid, in base units of NCT
    /// @param minimum The least it must be
    /// @param maximum The most it may be
    error AssertionBidOutOfRange(uint256 index, uint256 bid, uint256 minimum, uint256 maximum);

    /// @notice Thrown when an engine commits to zero, which nothing can be revealed for
    error AssertionCommitmentZero();

    /// @notice Thrown when an engine commits in the form of the original on a bounty of so many artifacts that this
    /// form would not bind it; `postSealedAssertion` takes the form that does
    /// @param numArtifacts How many artifacts the bounty has
    /// @param maximum How many it may have for the form of the original
    error AssertionCommitmentNotBinding(uint256 numArtifacts, uint256 maximum);

    /// @notice Thrown when an engine reveals verdicts on artifacts that it did not assert on
    /// @param verdicts The verdicts
    /// @param mask The artifacts asserted on
    error AssertionVerdictsOutsideMask(uint256 verdicts, uint256 mask);

    /// @notice Thrown when an engine reveals an assertion that it does not have under that number
    /// @param guid The bounty
    /// @param author The engine
    /// @param index The number of the assertion
    error AssertionUnknown(uint128 guid, address author, uint256 index);

    /// @notice Thrown when an engine reveals a second time
    /// @param guid The bounty
    /// @param author The engine
    error AssertionAlreadyRevealed(uint128 guid, address author);

    /// @notice Thrown when somebody reveals another's assertion whose commitment has the form of the original: that
    /// form does not bind the metadata, which is its author's to choose
    /// @param guid The bounty
    /// @param author The engine
    error AssertionNotSealed(uint128 guid, address author);

    /// @notice Thrown when an engine reveals the nonce zero, which would not have hidden anything
    error AssertionNonceZero();

    /// @notice Thrown when an engine reveals something else than it committed to
    /// @param commitment What it committed to
    /// @param revealed The commitment to what it revealed
    error AssertionCommitmentMismatch(uint256 commitment, uint256 revealed);

    /// @notice Thrown when somebody votes who is no arbiter, or was none when the bounty was posted
    /// @param guid The bounty
    /// @param voter Who votes
    error VoterNotEligible(uint128 guid, address voter);

    /// @notice Thrown when an arbiter votes whose stake is too small
    /// @param voter The arbiter
    /// @param stake What it has staked, in base units of NCT
    /// @param minimum What it must have staked
    error VoterStakeTooLow(address voter, uint256 stake, uint256 minimum);

    /// @notice Thrown when an arbiter votes a second time on a bounty
    /// @param guid The bounty
    /// @param voter The arbiter
    error VoterAlreadyVoted(uint128 guid, address voter);

    /// @notice Thrown when an arbiter finds an artifact malicious that the bounty does not have
    /// @param votes The votes
    /// @param numArtifacts How many artifacts the bounty has
    error VoterVotesOutOfRange(uint256 votes, uint256 numArtifacts);

    /// @notice Thrown when somebody settles who has nothing to settle in this round: it took no part, it has settled
    /// everything, or it is an arbiter and the vote is not over
    /// @param guid The bounty
    /// @param account Who settles
    /// @param round The round the bounty is in, 3 or 4
    error NothingToSettle(uint128 guid, address account, uint256 round);

    /// @notice Thrown when somebody settles in round 3 for an account that has voted: the fees that it is due become
    /// certain in round 4, and one settlement pays both
    /// @param guid The bounty
    /// @param account Who would be settled for
    error SettlementTooEarly(uint128 guid, address account);

    /// @notice Thrown when no call of a batch succeeded, such as when there was none
    error BatchNothingDone();

    /// @notice Posts a bounty; the author has approved amount and fee before
    /// @param guid The bounty's name, not taken
    /// @param artifactType 0 for files, 1 for URLs
    /// @param amount What it pays, in base units of NCT; at least `BOUNTY_AMOUNT_MINIMUM` for each artifact
    /// @param artifactURI Where its artifacts are; 1 to `MAXIMUM_URI_LENGTH` bytes
    /// @param numArtifacts How many artifacts it has, 1 to 256
    /// @param durationBlocks How many blocks engines may assert, 1 to `MAX_DURATION`
    /// @param bloom Bloom filter of the artifacts' content addresses
    /// @param metadata At most `MAXIMUM_BOUNTY_METADATA_LENGTH` bytes
    function postBounty(
        uint128 guid,
        uint256 artifactType,
        uint256 amount,
        string calldata artifactURI,
        uint256 numArtifacts,
        uint256 durationBlocks,
        uint256[8] calldata bloom,
        string calldata metadata
    ) external;

    /// @notice Asserts on a bounty in round 0, with a commitment in the form of the original, which is accepted on
    /// bounties of up to 64 artifacts; the engine has approved all bids and the assertion fee before
    /// @param bountyGuid The bounty
    /// @param bid One bid for each artifact of the mask, in order, in base units of NCT
    /// @param mask Bit i is set if the engine asserts on artifact i
    /// @param commitment See `Commitment.seal`; not zero
    function postAssertion(uint128 bountyGuid, uint256[] calldata bid, uint256 mask, uint256 commitment) external;

    /// @notice As `postAssertion`, with a commitment in the bound form, which is accepted on every bounty
    /// @param bountyGuid The bounty
    /// @param bid One bid for each artifact of the mask, in order, in base units of NCT
    /// @param mask Bit i is set if the engine asserts on artifact i
    /// @param commitment See `Commitment.bind`; not zero
    function postSealedAssertion(uint128 bountyGuid, uint256[] calldata bid, uint256 mask, uint256 commitment) external;

    /// @notice Reveals the caller's assertion in round 1; never paused
    /// @param bountyGuid The bounty
    /// @param assertionId The number of the assertion
    /// @param nonce The nonce of its commitment, not zero
    /// @param verdicts The verdicts of its commitment; none outside of the mask
    /// @param metadata At most `MAXIMUM_REVEAL_METADATA_LENGTH` bytes; in the bound form that of its commitment
    function revealAssertion(
        uint128 bountyGuid,
        uint256 assertionId,
        uint256 nonce,
        uint256 verdicts,
        string calldata metadata
    ) external;

    /// @notice Reveals an engine's assertion in round 1, whoever calls; never paused
    /// @dev For others in the bound form only, which leaves nothing for the caller to choose.
    /// @param bountyGuid The bounty
    /// @param author The engine
    /// @param nonce The nonce of its commitment, not zero
    /// @param verdicts The verdicts of its commitment; none outside of the mask
    /// @param metadata The metadata of its commitment; at most `MAXIMUM_REVEAL_METADATA_LENGTH` bytes
    function revealFor(uint128 bountyGuid, address author, uint256 nonce, uint256 verdicts, string calldata metadata)
        external;

    /// @notice Votes on a bounty in rounds 2 and 3; never paused
    /// @dev For those that are arbiters, were so when the bounty was posted, and have the minimum stake.
    /// @param bountyGuid The bounty
    /// @param votes Bit i is set if artifact i is malicious
    /// @param validBloom Whether the bloom filter is that of the artifacts
    function voteOnBounty(uint128 bountyGuid, uint256 votes, bool validBloom) external;

    /// @notice Pays the caller all that is due to it: as author and as engine from round 3 on, as arbiter in round 4;
    /// never paused, and possible for ever
    /// @param bountyGuid The bounty
    function settleBounty(uint128 bountyGuid) external;

    /// @notice Pays an account all that is due to it, whoever calls: as author and as engine from round 3 on; if it has
    /// voted, everything in round 4; never paused, and possible for ever
    /// @param bountyGuid The bounty
    /// @param account Who is paid
    function settleFor(uint128 bountyGuid, address account) external;

    /// @notice Makes calls to the registry one after the other, each as the caller's own: what the caller may not do by
    /// itself it may not do here. A call that reverts leaves nothing behind and is in no other's way; so does one for
    /// which too little gas is left, for a call gets 63/64 of what there is
    /// @param calls What each call's transaction would have as its data
    /// @return done For each call, whether it succeeded
    function batch(bytes[] calldata calls) external returns (bool[] memory done);

    /// @notice The version of the interface
    /// @return 1.6.x
    function VERSION() external view returns (string memory);

    /// @notice The least that a bounty pays for each artifact, in base units of NCT
    /// @return 2 NCT
    function BOUNTY_AMOUNT_MINIMUM() external view returns (uint256);

    /// @notice The lowest bid on an artifact, in base units of NCT
    /// @return 1/16 NCT
    function ASSERTION_BID_ARTIFACT_MINIMUM() external view returns (uint256);

    /// @notice The highest bid on an artifact, in base units of NCT
    /// @return 1 NCT
    function ASSERTION_BID_ARTIFACT_MAXIMUM() external view returns (uint256);

    /// @notice How many artifacts a bounty may have
    /// @return 256
    function MAXIMUM_ARTIFACTS() external view returns (uint256);

    /// @notice How many bytes a URI may have
    /// @return 100
    function MAXIMUM_URI_LENGTH() external view returns (uint256);

    /// @notice How many bytes the metadata of a bounty may have
    /// @return 100
    function MAXIMUM_BOUNTY_METADATA_LENGTH() external view returns (uint256);

    /// @notice How many bytes the metadata of a reveal may have
    /// @return 1024
    function MAXIMUM_REVEAL_METADATA_LENGTH() external view returns (uint256);

    /// @notice How many guids are on a page
    /// @return 25
    function PAGE_SIZE() external view returns (uint256);

    /// @notice What is stored of a bounty
    /// @param bountyGuid The bounty
    /// @return Its terms and counts
    function getBounty(uint128 bountyGuid) external view returns (Bounty memory);

    /// @notice The guids of a page of all bounties, in the order in which they were posted
    /// @param page The page, from 0
    /// @return The guids; none beyond the last page
    function getBountyGuids(uint256 page) external view returns (uint128[] memory);

    /// @notice The round that a bounty is in
    /// @param bountyGuid The bounty
    /// @return 0 assert, 1 reveal, 2 vote, 3 quorum reached, 4 finished
    function getCurrentRound(uint128 bountyGuid) external view returns (uint256);

    /// @notice How many engines asserted on a bounty
    /// @param bountyGuid The bounty
    /// @return The number
    function getNumberOfAssertions(uint128 bountyGuid) external view returns (uint256);

    /// @notice How many bounties were posted
    /// @return The number
    function getNumberOfBounties() external view returns (uint256);

    /// @notice How many arbiters voted on a bounty
    /// @param bountyGuid The bounty
    /// @return The number
    function getNumberOfVotes(uint128 bountyGuid) external view returns (uint256);

    /// @notice What the arbiters found so far
    /// @param bountyGuid The bounty
    /// @return consensus Bit i is set if artifact i is malicious
    /// @return agreement How many votes agree with that, summed up over all artifacts
    function getOutcome(uint128 bountyGuid) external view returns (uint256 consensus, uint256 agreement);

    /// @notice All bids on an artifact
    /// @param bountyGuid The bounty
    /// @param artifact The artifact
    /// @return total The sum of all bids, in base units of NCT
    /// @return malicious The sum of those that were revealed as malicious
    /// @return benign The sum of those that were revealed as benign
    function getBidSums(uint128 bountyGuid, uint256 artifact)
        external
        view
        returns (uint256 total, uint256 malicious, uint256 benign);

    /// @notice Whether an engine has an assertion that it has not settled
    /// @param bountyGuid The bounty
    /// @param account The engine
    /// @return Whether it has
    function hasOpenAssertion(uint128 bountyGuid, address account) external view returns (bool);

    /// @notice Whether an arbiter has a vote that it has not settled
    /// @param bountyGuid The bounty
    /// @param account The arbiter
    /// @return Whether it has
    function hasOpenVote(uint128 bountyGuid, address account) external view returns (bool);
}
