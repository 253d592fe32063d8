// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ArtifactMask, ArtifactMasks} from "../types/ArtifactMask.sol";
import {Assertion, Ballot, Bounty, BountyRecord} from "../types/BountyRecord.sol";
import {Ballots} from "./Ballots.sol";
import {LaneSums} from "./LaneSums.sol";
import {Payout} from "./Payout.sol";
import {Reveals} from "./Reveals.sol";
import {VoteTally} from "./VoteTally.sol";

/// @title What is due to each party of a bounty
/// @notice Each function reads the bounty's counts and sums and the party's own record, and nothing of anybody else.
library Settlement {
    using Ballots for Ballot;
    using LaneSums for uint256[256];
    using Reveals for Assertion;
    using VoteTally for BountyRecord;

    /// @dev What the arbiters found, if any of them voted, and what there is to win. Without votes whoever revealed
    /// counts as right, and nobody loses a bid.
    struct Judgement {
        bool voted;
        ArtifactMask consensus;
        uint256 numArtifacts;
        uint256 share; // of the bounty's amount, for each artifact
    }

    /// @notice What is due to the author
    /// @param record The bounty
    /// @return payout What the author gets back, in base units
    /// @return lost The bids that were lost and that nobody won, in base units
    function author(BountyRecord storage record) internal view returns (uint256 payout, uint256 lost) {
        Bounty memory bounty = record.bounty;
        if (bounty.voteCount == 0) payout = bounty.bountyFee;
        if (bounty.assertionCount == 0) return (payout + bounty.amount, 0);
        Judgement memory judgement = _judge(record, bounty);
        payout += Payout.remainder(bounty.amount, bounty.numArtifacts);
        for (uint256 artifact = 0; artifact < judgement.numArtifacts; ++artifact) {
            if (_won(record, judgement, artifact) != 0) continue;
            payout += judgement.share;
            lost += _lost(record, judgement, artifact, 0);
        }
    }

    /// @notice What is due to an engine
    /// @param record The bounty
    /// @param assertion The engine's assertion
    /// @return payout What it gets, in base units
    function expert(BountyRecord storage record, Assertion storage assertion) internal view returns (uint256 payout) {
        Bounty memory bounty = record.bounty;
        bool revealed = assertion.isRevealed();
        if (bounty.voteCount == 0) payout = bounty.assertionFee;
        else if (!revealed) return 0;
        Judgement memory judgement = _judge(record, bounty);
        (uint256[] memory bids, ArtifactMask mask) = assertion.bids.load(bounty.numArtifacts);
        ArtifactMask right = revealed ? mask : ArtifactMasks.NONE;
        if (judgement.voted) right = right & ~(assertion.verdicts(bounty.numArtifacts) ^ judgement.consensus);
        payout += _collect(record, judgement, bids, mask, right);
    }

    /// @notice What is due to an arbiter
    /// @param record The bounty
    /// @param ballot The arbiter's vote
    /// @return What it gets, in base units
    function arbiter(BountyRecord storage record, Ballot storage ballot) internal view returns (uint256) {
        Bounty memory bounty = record.bounty;
        (ArtifactMask consensus, uint256 agreement) = record.outcome(bounty.numArtifacts, bounty.voteCount);
        ArtifactMask differing = ballot.read(bounty.numArtifacts) ^ consensus;
        uint256 agreed = (ArtifactMasks.all(bounty.numArtifacts) & ~differing).count();
        return Payout.arbiter(bounty.bountyFee, bounty.assertionFee, bounty.assertionCount, agreed, agreement);
    }

    function _judge(BountyRecord storage record, Bounty memory bounty)
        private
        view
        returns (Judgement memory judgement)
    {
        judgement.voted = bounty.voteCount != 0;
        if (judgement.voted) (judgement.consensus,) = record.outcome(bounty.numArtifacts, bounty.voteCount);
        judgement.numArtifacts = bounty.numArtifacts;
        judgement.share = Payout.artifactShare(bounty.amount, bounty.numArtifacts);
    }

    /// @dev What comes back to an engine for all its bids.
    function _collect(
        BountyRecord storage record,
        Judgement memory judgement,
        uint256[] memory bids,
        ArtifactMask mask,
        ArtifactMask right
    ) private view returns (uint256 payout) {
        uint256 next;
        for (uint256 artifact = 0; artifact < judgement.numArtifacts; ++artifact) {
            if (!mask.contains(artifact)) continue;
            uint256 bid = bids[next++];
            if (right.contains(artifact)) {
                uint256 won = _won(record, judgement, artifact);
                payout += Payout.correct(bid, won, _lost(record, judgement, artifact, won), judgement.share);
            } else if (!judgement.voted) {
                payout += bid;
            }
        }
    }

    /// @dev The bids of those who were right about an artifact; without votes, of those who revealed.
    function _won(BountyRecord storage record, Judgement memory judgement, uint256 artifact)
        private
        view
        returns (uint256 sum)
    {
        bool malicious = judgement.consensus.contains(artifact);
        if (malicious || !judgement.voted) sum = record.bidSums.sumAt(judgement.numArtifacts + artifact);
        if (!malicious) sum += record.bidSums.sumAt(2 * judgement.numArtifacts + artifact);
    }

    /// @dev The other bids on an artifact, which are lost if anybody voted.
    function _lost(BountyRecord storage record, Judgement memory judgement, uint256 artifact, uint256 won)
        private
        view
        returns (uint256)
    {
        return judgement.voted ? record.bidSums.sumAt(artifact) - won : 0;
    }
}
