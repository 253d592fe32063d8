// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketGovernance} from "./MarketGovernance.sol";
import {IArbiterStaking} from "./interfaces/IArbiterStaking.sol";
import {IBountyRegistry} from "./interfaces/IBountyRegistry.sol";
import {INectarToken} from "./interfaces/INectarToken.sol";
import {Ballots} from "./libraries/Ballots.sol";
import {BountyPhase, Round} from "./libraries/BountyPhase.sol";
import {Commitment} from "./libraries/Commitment.sol";
import {LaneSums} from "./libraries/LaneSums.sol";
import {Reveals} from "./libraries/Reveals.sol";
import {Settlement} from "./libraries/Settlement.sol";
import {VoteTally} from "./libraries/VoteTally.sol";
import {ArtifactMask} from "./types/ArtifactMask.sol";
import {BidVectors} from "./types/BidVector.sol";
import {Assertion, Ballot, Bounty, BountyRecord, Seal} from "./types/BountyRecord.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title The market for verdicts
/// @notice Holds state and decides who may do what when; the rules themselves are in `libraries/`. See
/// `IBountyRegistry`. Every claim on a bounty (its author's, one per assertion, one per vote) is deleted in the call
/// that pays it, and `escrow` falls by exactly what leaves: nothing is paid twice, and no bounty is paid from another's
/// money.
contract BountyRegistry is IBountyRegistry, MarketGovernance, ReentrancyGuardTransient {
    using Ballots for Ballot;
    using BidVectors for uint256[];
    using LaneSums for uint256[256];
    using Reveals for Assertion;
    using SafeCast for uint256;
    using SafeERC20 for INectarToken;
    using VoteTally for BountyRecord;

    /// @inheritdoc IBountyRegistry
    string public constant VERSION = "1.6.3";
    /// @inheritdoc IBountyRegistry
    uint256 public constant BOUNTY_AMOUNT_MINIMUM = 2 ether;
    /// @inheritdoc IBountyRegistry
    uint256 public constant ASSERTION_BID_ARTIFACT_MINIMUM = 0.0625 ether;
    /// @inheritdoc IBountyRegistry
    uint256 public constant ASSERTION_BID_ARTIFACT_MAXIMUM = 1 ether; // below 2^64, as `BidVector` needs it
    /// @inheritdoc IBountyRegistry
    uint256 public constant MAXIMUM_ARTIFACTS = 256;
    /// @inheritdoc IBountyRegistry
    uint256 public constant MAXIMUM_URI_LENGTH = 100;
    /// @inheritdoc IBountyRegistry
    uint256 public constant MAXIMUM_BOUNTY_METADATA_LENGTH = 100;
    /// @inheritdoc IBountyRegistry
    uint256 public constant MAXIMUM_REVEAL_METADATA_LENGTH = 1024;
    /// @inheritdoc IBountyRegistry
    uint256 public constant PAGE_SIZE = 25;
    /// @dev Files and URLs.
    uint256 private constant ARTIFACT_TYPES = 2;

    INectarToken private immutable _nectar;
    uint256 private immutable _minimumStake;

    mapping(uint128 guid => BountyRecord) private _records;
    /// @dev Two to a slot, as many as `bountyCount` says: an array of any length would keep that in one more slot.
    uint128[2 ** 32] private _guids;

    constructor(address _token, address _arbiterStaking, uint256 _arbiterVoteWindow, uint256 _assertionRevealWindow)
        MarketGovernance(IArbiterStaking(_arbiterStaking), _arbiterVoteWindow, _assertionRevealWindow)
    {
        _nectar = INectarToken(_token);
        _minimumStake = IArbiterStaking(_arbiterStaking).MINIMUM_STAKE();
    }

    /// @inheritdoc IBountyRegistry
    function postBounty(
        uint128 guid,
        uint256 artifactType,
        uint256 amount,
        string calldata artifactURI,
        uint256 numArtifacts,
        uint256 durationBlocks,
        uint256[8] calldata bloom,
        string calldata metadata
    ) external whenNotPaused nonReentrant {
        if (artifactType >= ARTIFACT_TYPES) revert BountyArtifactTypeUnknown(artifactType);
        if (bytes(artifactURI).length == 0 || bytes(artifactURI).length > MAXIMUM_URI_LENGTH) {
            revert BountyURILengthOutOfRange(bytes(artifactURI).length, MAXIMUM_URI_LENGTH);
        }
        _requireShort(metadata, MAXIMUM_BOUNTY_METADATA_LENGTH);
        _open(guid, amount, numArtifacts, durationBlocks);
        emit NewBounty(guid, artifactType, msg.sender, amount, artifactURI, block.number + durationBlocks, metadata);
        _announceTerms(guid, bloom);
        _nectar.safeTransferFrom(msg.sender, address(this), _records[guid].bounty.escrow);
    }

    /// @inheritdoc IBountyRegistry
    function postAssertion(uint128 bountyGuid, uint256[] calldata bid, uint256 mask, uint256 commitment) external {
        _assert(bountyGuid, bid, ArtifactMask.wrap(mask), commitment, Seal.Original);
    }

    /// @inheritdoc IBountyRegistry
    function postSealedAssertion(uint128 bountyGuid, uint256[] calldata bid, uint256 mask, uint256 commitment)
        external
    {
        _assert(bountyGuid, bid, ArtifactMask.wrap(mask), commitment, Seal.Bound);
    }

    /// @inheritdoc IBountyRegistry
    function revealAssertion(
        uint128 bountyGuid,
        uint256 assertionId,
        uint256 nonce,
        uint256 verdicts,
        string calldata metadata
    ) external {
        _reveal(bountyGuid, msg.sender, assertionId, nonce, verdicts, metadata);
    }

    /// @inheritdoc IBountyRegistry
    function revealFor(uint128 bountyGuid, address author, uint256 nonce, uint256 verdicts, string calldata metadata)
        external
    {
        _reveal(bountyGuid, author, _records[bountyGuid].assertions[author].index, nonce, verdicts, metadata);
    }

    /// @inheritdoc IBountyRegistry
    function voteOnBounty(uint128 bountyGuid, uint256 votes, bool validBloom) external nonReentrant {
        (BountyRecord storage record, Round round) = _recordOf(bountyGuid);
        if (round != Round.Vote && round != Round.Quorum) revert BountyWrongRound(bountyGuid, uint256(round));
        Bounty storage bounty = record.bounty;
        _requireVoter(bountyGuid, bounty.arbiterEpoch);
        Ballot storage ballot = record.ballots[msg.sender];
        if (ballot.isCast()) revert VoterAlreadyVoted(bountyGuid, msg.sender);
        uint256 numArtifacts = bounty.numArtifacts;
        ArtifactMask malicious = ArtifactMask.wrap(votes);
        if (!malicious.isWithin(numArtifacts)) revert VoterVotesOutOfRange(votes, numArtifacts);

        ballot.cast(malicious, numArtifacts);
        record.tally(malicious, numArtifacts);
        bounty.openClaims += 1;
        uint256 votesCast = ++bounty.voteCount;
        if (!bounty.quorumReached && record.hasQuorum(numArtifacts, votesCast, bounty.arbiterCount)) {
            bounty.quorumReached = true;
            emit QuorumReached(bountyGuid);
        }
        emit NewVote(bountyGuid, votes, numArtifacts, msg.sender);
        emit BloomVote(bountyGuid, msg.sender, validBloom);
        _staking.recordBounty(
            msg.sender, bountyGuid, uint256(bounty.expirationBlock) + bounty.revealWindow + bounty.voteWindow
        );
    }

    /// @inheritdoc IBountyRegistry
    function settleBounty(uint128 bountyGuid) external {
        _settle(bountyGuid, msg.sender);
    }

    /// @inheritdoc IBountyRegistry
    function settleFor(uint128 bountyGuid, address account) external {
        _settle(bountyGuid, account);
    }

    /// @inheritdoc IBountyRegistry
    /// @dev A call keeps `msg.sender`, and there is no `msg.value` to be spent twice: no function is payable. It enters
    /// and leaves the guard against reentrancy by itself, so that the batch needs none. What it returns is left where it
    /// is, and its calldata is written over by that of the next.
    function batch(bytes[] calldata calls) external returns (bool[] memory done) {
        bool any;
        done = new bool[](calls.length);
        for (uint256 i = 0; i < calls.length; ++i) {
            bytes calldata made = calls[i];
            bool succeeded;
            assembly ("memory-safe") {
                let data := mload(0x40)
                calldatacopy(data, made.offset, made.length)
                succeeded := delegatecall(gas(), address(), data, made.length, 0, 0)
            }
            if (succeeded) any = done[i] = true;
        }
        if (!any) revert BatchNothingDone();
    }

    /// @inheritdoc IBountyRegistry
    function getBounty(uint128 bountyGuid) external view returns (Bounty memory) {
        (BountyRecord storage record,) = _recordOf(bountyGuid);
        return record.bounty;
    }

    /// @inheritdoc IBountyRegistry
    function getBountyGuids(uint256 page) external view returns (uint128[] memory guids) {
        uint256 total = _terms.bountyCount;
        if (page > total / PAGE_SIZE) return guids;
        uint256 first = page * PAGE_SIZE;
        uint256 length = total - first < PAGE_SIZE ? total - first : PAGE_SIZE;
        guids = new uint128[](length);
        for (uint256 i = 0; i < length; ++i) {
            guids[i] = _guids[first + i];
        }
    }

    /// @inheritdoc IBountyRegistry
    function getCurrentRound(uint128 bountyGuid) external view returns (uint256) {
        (, Round round) = _recordOf(bountyGuid);
        return uint256(round);
    }

    /// @inheritdoc IBountyRegistry
    function getNumberOfAssertions(uint128 bountyGuid) external view returns (uint256) {
        (BountyRecord storage record,) = _recordOf(bountyGuid);
        return record.bounty.assertionCount;
    }

    /// @inheritdoc IBountyRegistry
    function getNumberOfBounties() external view returns (uint256) {
        return _terms.bountyCount;
    }

    /// @inheritdoc IBountyRegistry
    function getNumberOfVotes(uint128 bountyGuid) external view returns (uint256) {
        (BountyRecord storage record,) = _recordOf(bountyGuid);
        return record.bounty.voteCount;
    }

    /// @inheritdoc IBountyRegistry
    function getOutcome(uint128 bountyGuid) external view returns (uint256 consensus, uint256 agreement) {
        (BountyRecord storage record,) = _recordOf(bountyGuid);
        ArtifactMask malicious;
        (malicious, agreement) = record.outcome(record.bounty.numArtifacts, record.bounty.voteCount);
        consensus = ArtifactMask.unwrap(malicious);
    }

    /// @inheritdoc IBountyRegistry
    function getBidSums(uint128 bountyGuid, uint256 artifact)
        external
        view
        returns (uint256 total, uint256 malicious, uint256 benign)
    {
        (BountyRecord storage record,) = _recordOf(bountyGuid);
        uint256 numArtifacts = record.bounty.numArtifacts;
        if (artifact >= numArtifacts) return (0, 0, 0);
        total = record.bidSums.sumAt(artifact);
        malicious = record.bidSums.sumAt(numArtifacts + artifact);
        benign = record.bidSums.sumAt(2 * numArtifacts + artifact);
    }

    /// @inheritdoc IBountyRegistry
    function hasOpenAssertion(uint128 bountyGuid, address account) external view returns (bool) {
        return _records[bountyGuid].assertions[account].bids.exists();
    }

    /// @inheritdoc IBountyRegistry
    function hasOpenVote(uint128 bountyGuid, address account) external view returns (bool) {
        return _records[bountyGuid].ballots[account].isCast();
    }

    /// @dev Checks and stores a new bounty; its escrow is what the author has to pay.
    function _open(uint128 guid, uint256 amount, uint256 numArtifacts, uint256 durationBlocks) private {
        Terms memory terms = _terms;
        if (terms.deprecated) revert RegistryDeprecated(deprecatedBlock);
        if (terms.arbiterCount == 0) revert BountyWithoutArbiters();
        if (numArtifacts == 0 || numArtifacts > MAXIMUM_ARTIFACTS) {
            revert BountyArtifactCountOutOfRange(numArtifacts, MAXIMUM_ARTIFACTS);
        }
        uint256 minimum = BOUNTY_AMOUNT_MINIMUM * numArtifacts;
        if (amount < minimum || amount > type(uint96).max) {
            revert BountyAmountOutOfRange(amount, minimum, type(uint96).max);
        }
        if (durationBlocks == 0 || durationBlocks > MAX_DURATION) {
            revert BountyDurationOutOfRange(durationBlocks, MAX_DURATION);
        }
        Bounty storage bounty = _records[guid].bounty;
        if (bounty.numArtifacts != 0) revert BountyGuidTaken(guid);

        bounty.author = msg.sender;
        bounty.amount = uint96(amount);
        bounty.bountyFee = terms.bountyFee;
        bounty.assertionFee = terms.assertionFee;
        bounty.expirationBlock = (block.number + durationBlocks).toUint40();
        bounty.revealWindow = terms.revealWindow;
        bounty.voteWindow = terms.voteWindow;
        bounty.numArtifacts = uint16(numArtifacts);
        bounty.arbiterCount = terms.arbiterCount;
        bounty.arbiterEpoch = terms.arbiterEpoch;
        bounty.escrow = (amount + terms.bountyFee).toUint96();
        bounty.openClaims = 1;
        _guids[terms.bountyCount] = guid;
        _terms.bountyCount = terms.bountyCount + 1;
    }

    /// @dev Takes an assertion whose commitment is in one of the two forms.
    function _assert(uint128 guid, uint256[] calldata bid, ArtifactMask mask, uint256 commitment, Seal seal)
        private
        whenNotPaused
        nonReentrant
    {
        (BountyRecord storage record, Round round) = _recordOf(guid);
        if (round != Round.Assertion) revert BountyWrongRound(guid, uint256(round));
        Assertion storage assertion = record.assertions[msg.sender];
        if (assertion.bids.exists()) revert AssertionAlreadyPosted(guid, msg.sender);
        if (commitment == 0) revert AssertionCommitmentZero();
        uint256 numArtifacts = record.bounty.numArtifacts;
        if (seal == Seal.Original && numArtifacts > Commitment.ORIGINAL_MAXIMUM) {
            revert AssertionCommitmentNotBinding(numArtifacts, Commitment.ORIGINAL_MAXIMUM);
        }
        uint256 index = record.bounty.assertionCount;
        uint256 paid = _sumOfBids(bid, mask, numArtifacts) + record.bounty.assertionFee;

        uint256[] memory bids = bid;
        assertion.sealedVerdicts = commitment;
        // One after the other, so that the compiler makes one write of them.
        assertion.bids = bids.store(mask, numArtifacts);
        assertion.index = uint32(index);
        assertion.seal = seal;
        record.bidSums.add(0, bids, mask, mask);
        _count(record.bounty, paid);

        emit NewAssertion(guid, msg.sender, index, bids, ArtifactMask.unwrap(mask), numArtifacts, commitment);
        _nectar.safeTransferFrom(msg.sender, address(this), paid);
    }

    /// @dev Counts a new assertion, and what was paid for it.
    function _count(Bounty storage bounty, uint256 paid) private {
        uint96 escrow = (bounty.escrow + paid).toUint96();
        uint32 assertionCount = bounty.assertionCount + 1;
        uint32 openClaims = bounty.openClaims + 1;
        // One after the other, so that the compiler makes one write of them.
        bounty.escrow = escrow;
        bounty.assertionCount = assertionCount;
        bounty.openClaims = openClaims;
    }

    /// @dev Opens an assertion. In the form of the original the metadata is not bound: only its author may choose it.
    function _reveal(
        uint128 guid,
        address author,
        uint256 assertionId,
        uint256 nonce,
        uint256 verdicts,
        string calldata metadata
    ) private {
        (BountyRecord storage record, Round round) = _recordOf(guid);
        if (round != Round.Reveal) revert BountyWrongRound(guid, uint256(round));
        Assertion storage assertion = record.assertions[author];
        if (!assertion.bids.exists() || assertion.index != assertionId) {
            revert AssertionUnknown(guid, author, assertionId);
        }
        if (assertion.isRevealed()) revert AssertionAlreadyRevealed(guid, author);
        if (assertion.seal != Seal.Bound && msg.sender != author) revert AssertionNotSealed(guid, author);
        if (nonce == 0) revert AssertionNonceZero();
        _requireShort(metadata, MAXIMUM_REVEAL_METADATA_LENGTH);
        uint256 revealed = assertion.seal == Seal.Bound
            ? Commitment.bind(guid, author, verdicts, metadata, nonce)
            : Commitment.seal(verdicts, nonce, author);
        if (revealed != assertion.sealedVerdicts) {
            revert AssertionCommitmentMismatch(assertion.sealedVerdicts, revealed);
        }

        uint256 numArtifacts = record.bounty.numArtifacts;
        _storeVerdicts(record, assertion, ArtifactMask.wrap(verdicts), numArtifacts);
        emit RevealedAssertion(guid, author, assertionId, nonce, verdicts, numArtifacts, metadata);
    }

    /// @dev Stores the verdicts of an assertion, and adds its bids to those of all who found the same.
    function _storeVerdicts(
        BountyRecord storage record,
        Assertion storage assertion,
        ArtifactMask verdicts,
        uint256 numArtifacts
    ) private {
        (uint256[] memory bids, ArtifactMask mask) = assertion.bids.load(numArtifacts);
        if (!verdicts.isSubsetOf(mask)) {
            revert AssertionVerdictsOutsideMask(ArtifactMask.unwrap(verdicts), ArtifactMask.unwrap(mask));
        }
        assertion.reveal(verdicts, numArtifacts);
        record.bidSums.add(numArtifacts, bids, mask, verdicts);
        record.bidSums.add(2 * numArtifacts, bids, mask, mask ^ verdicts);
    }

    /// @dev Pays an account all that is due to it. For another only when nothing more will become due to that account:
    /// whoever hears that it was settled need not come back.
    function _settle(uint128 bountyGuid, address account) private nonReentrant {
        (BountyRecord storage record, Round round) = _recordOf(bountyGuid);
        if (round < Round.Quorum) revert BountyWrongRound(bountyGuid, uint256(round));
        Bounty storage bounty = record.bounty;
        Ballot storage ballot = record.ballots[account];
        if (round == Round.Quorum && msg.sender != account && ballot.isCast()) {
            revert SettlementTooEarly(bountyGuid, account);
        }
        uint256 payout;
        uint256 lost;
        uint256 closed;

        if (account == bounty.author && !bounty.authorSettled) {
            (payout, lost) = Settlement.author(record);
            bounty.authorSettled = true;
            ++closed;
        }
        Assertion storage assertion = record.assertions[account];
        if (assertion.bids.exists()) {
            payout += Settlement.expert(record, assertion);
            assertion.clear(bounty.numArtifacts);
            ++closed;
        }
        if (round == Round.Finished && ballot.isCast()) {
            payout += Settlement.arbiter(record, ballot);
            ballot.clear(bounty.numArtifacts);
            ++closed;
        }
        if (closed == 0) revert NothingToSettle(bountyGuid, account, uint256(round));

        uint256 left = bounty.escrow - payout - lost;
        uint256 open = bounty.openClaims - closed;
        // Arbiters settle after the vote, so that no claim can be added any more when the last one is closed.
        uint256 dust = open == 0 ? left : 0;
        bounty.escrow = uint96(left - dust);
        bounty.openClaims = uint32(open);

        emit SettledBounty(bountyGuid, account, payout);
        if (lost != 0) emit BurnedBids(bountyGuid, lost);
        if (dust != 0) emit BurnedDust(bountyGuid, dust);
        if (payout != 0) _nectar.safeTransfer(account, payout);
        if (lost + dust != 0) _retire(lost + dust);
    }

    function _announceTerms(uint128 guid, uint256[8] calldata bloom) private {
        Bounty memory bounty = _records[guid].bounty;
        emit BountyTerms(
            guid,
            bounty.numArtifacts,
            bloom,
            bounty.bountyFee,
            bounty.assertionFee,
            bounty.revealWindow,
            bounty.voteWindow,
            bounty.arbiterCount
        );
    }

    /// @dev Burns what belongs to nobody, or sends it to the treasury.
    function _retire(uint256 amount) private {
        address to = treasury;
        if (to == address(0)) _nectar.burn(amount);
        else _nectar.safeTransfer(to, amount);
    }

    /// @dev The voter is an arbiter, has been one without a break since before the bounty was posted, and is staked.
    function _requireVoter(uint128 guid, uint256 arbiterEpoch) private view {
        uint256 since = _arbiterSince[msg.sender];
        if (since == 0 || since > arbiterEpoch) revert VoterNotEligible(guid, msg.sender);
        uint256 stake = _staking.balanceOf(msg.sender);
        if (stake < _minimumStake) revert VoterStakeTooLow(msg.sender, stake, _minimumStake);
    }

    function _recordOf(uint128 guid) private view returns (BountyRecord storage record, Round round) {
        record = _records[guid];
        Bounty storage bounty = record.bounty;
        if (bounty.numArtifacts == 0) revert BountyUnknown(guid);
        round = BountyPhase.roundAt(bounty.expirationBlock, bounty.revealWindow, bounty.voteWindow, block.number);
        if (round == Round.Vote && bounty.quorumReached) round = Round.Quorum;
    }

    function _requireShort(string calldata text, uint256 maximum) private pure {
        if (bytes(text).length > maximum) revert MetadataTooLong(bytes(text).length, maximum);
    }

    function _sumOfBids(uint256[] calldata bids, ArtifactMask mask, uint256 numArtifacts)
        private
        pure
        returns (uint256 sum)
    {
        if (mask.isEmpty() || !mask.isWithin(numArtifacts)) {
            revert AssertionMaskInvalid(ArtifactMask.unwrap(mask), numArtifacts);
        }
        if (bids.length != mask.count()) revert AssertionBidCountMismatch(bids.length, mask.count());
        for (uint256 i = 0; i < bids.length; ++i) {
            uint256 bid = bids[i];
            if (bid < ASSERTION_BID_ARTIFACT_MINIMUM || bid > ASSERTION_BID_ARTIFACT_MAXIMUM) {
                revert AssertionBidOutOfRange(i, bid, ASSERTION_BID_ARTIFACT_MINIMUM, ASSERTION_BID_ARTIFACT_MAXIMUM);
            }
            sum += bid;
        }
    }
}
