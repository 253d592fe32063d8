// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Assertion, Ballot, Bounty, BountyRecord} from "../types/BountyRecord.sol";
import {ArtifactMask} from "./ArtifactMask.sol";
import {Ballots} from "./Ballots.sol";
import {BidVector} from "./BidVector.sol";
import {LaneSums} from "./LaneSums.sol";
import {Payout} from "./Payout.sol";
import {Reveals} from "./Reveals.sol";
import {VoteTally} from "./VoteTally.sol";

/// @title What is due to each party of a bounty
/// @notice Each function reads the bounty's counts and sums and the party's own record, and nothing of anybody else.
library Settlement {
    using ArtifactMask for uint256;
    using Ballots for Ballot;
    using BidVector for uint192;
    using LaneSums for uint256[256];
    using Reveals for Assertion;
    using VoteTally for BountyRecord;

    /// @dev What the arbiters found, and what there is to win.
    struct Judgement {
        uint256 consensus;
        uint256 numArtifacts;
        uint256 share; // of the bounty's amount, for each artifact
    }

    /// @notice What is due to the author
    /// @param record The bounty
    /// @return payout What the author gets back, in base units
    /// @return lost The bids that were lost and that nobody won, in base units
    function author(BountyRecord storage record) internal view returns (uint256 payout, uint256 lost) {
        Bounty memory bounty = record.bounty;
        if (bounty.voteCount == 0) {
            uint256 share = Payout.artifactShare(bounty.amount, bounty.numArtifacts);
            payout =
                Payout.unjudgedAuthor(bounty.amount, bounty.bountyFee, share, bounty.assertionCount, bounty.bidCount);
        } else if (bounty.assertionCount == 0) {
            payout = bounty.amount;
        } else {
            Judgement memory judgement = _judge(record, bounty);
            payout = Payout.remainder(bounty.amount, bounty.numArtifacts);
            for (uint256 artifact = 0; artifact < judgement.numArtifacts; ++artifact) {
                if (_won(record, judgement, artifact) != 0) continue;
                payout += judgement.share;
                lost += record.bidSums.sumAt(artifact);
            }
        }
    }

    /// @notice What is due to an engine
    /// @param record The bounty
    /// @param assertion The engine's assertion
    /// @return What it gets, in base units
    function expert(BountyRecord storage record, Assertion storage assertion) internal view returns (uint256) {
        Bounty memory bounty = record.bounty;
        if (bounty.voteCount != 0 && !assertion.isRevealed()) return 0;
        (uint256[] memory bids, uint256 mask) = assertion.bids.load(bounty.numArtifacts);
        if (bounty.voteCount == 0) return _unjudged(bounty, bids, mask);
        Judgement memory judgement = _judge(record, bounty);
        return
            _judged(
                record, judgement, bids, mask, mask & ~(assertion.verdicts(bounty.numArtifacts) ^ judgement.consensus)
            );
    }

    /// @notice What is due to an arbiter
    /// @param record The bounty
    /// @param ballot The arbiter's vote
    /// @return What it gets, in base units
    function arbiter(BountyRecord storage record, Ballot storage ballot) internal view returns (uint256) {
        Bounty memory bounty = record.bounty;
        (uint256 consensus, uint256 agreement) = record.outcome(bounty.numArtifacts, bounty.voteCount);
        uint256 differing = ballot.read(bounty.numArtifacts) ^ consensus;
        uint256 agreed = (ArtifactMask.all(bounty.numArtifacts) & ~differing).count();
        return Payout.arbiter(bounty.bountyFee, bounty.assertionFee, bounty.assertionCount, agreed, agreement);
    }

    function _judge(BountyRecord storage record, Bounty memory bounty) private view returns (Judgement memory) {
        (uint256 consensus,) = record.outcome(bounty.numArtifacts, bounty.voteCount);
        uint256 share = Payout.artifactShare(bounty.amount, bounty.numArtifacts);
        return Judgement(consensus, bounty.numArtifacts, share);
    }

    function _judged(
        BountyRecord storage record,
        Judgement memory judgement,
        uint256[] memory bids,
        uint256 mask,
        uint256 correct
    ) private view returns (uint256 payout) {
        uint256 next;
        for (uint256 artifact = 0; artifact < judgement.numArtifacts; ++artifact) {
            if (!mask.contains(artifact)) continue;
            uint256 bid = bids[next++];
            if (!correct.contains(artifact)) continue;
            uint256 won = _won(record, judgement, artifact);
            payout += Payout.correct(bid, record.bidSums.sumAt(artifact), won, judgement.share);
        }
    }

    /// @dev The bids of those who were right about an artifact.
    function _won(BountyRecord storage record, Judgement memory judgement, uint256 artifact)
        private
        view
        returns (uint256)
    {
        uint256 kind = judgement.consensus.contains(artifact) ? 1 : 2;
        return record.bidSums.sumAt(kind * judgement.numArtifacts + artifact);
    }

    function _unjudged(Bounty memory bounty, uint256[] memory bids, uint256 mask) private pure returns (uint256) {
        uint256 artifacts = mask.count();
        uint256 sum;
        for (uint256 i = 0; i < artifacts; ++i) {
            sum += bids[i];
        }
        uint256 share = Payout.artifactShare(bounty.amount, bounty.numArtifacts);
        return Payout.unjudgedExpert(sum, artifacts, bounty.assertionFee, share, bounty.assertionCount);
    }
}
