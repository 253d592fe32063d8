// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ArtifactMask} from "src/types/ArtifactMask.sol";

/// @title The rules of settlement, written down the long way
/// @notice Knows every assertion and every vote and loops over all of them: what the contract must pay without doing
/// so.
library SettlementModel {
    struct Claim {
        uint256 mask;
        uint256 verdicts;
        bool revealed;
        uint256[] bids; // by artifact, zero where the engine does not assert
    }

    struct Play {
        uint256 amount;
        uint256 numArtifacts;
        uint256 bountyFee;
        uint256 assertionFee;
        Claim[] claims;
        uint256[] votes;
    }

    function consensus(Play memory play) internal pure returns (uint256 malicious) {
        for (uint256 i = 0; i < play.numArtifacts; ++i) {
            uint256 count = agreeing(play, i, true);
            if (count >= play.votes.length - count) malicious |= 1 << i;
        }
    }

    function author(Play memory play) internal pure returns (uint256 payout, uint256 lost) {
        uint256 share = play.amount / play.numArtifacts;
        uint256 truth = consensus(play);
        payout = play.amount - share * play.numArtifacts;
        if (play.votes.length == 0) {
            payout += play.bountyFee;
            for (uint256 i = 0; i < play.numArtifacts; ++i) {
                if (revealedBids(play, i) == 0) payout += share;
            }
            return (payout, 0);
        }
        for (uint256 i = 0; i < play.numArtifacts; ++i) {
            (uint256 total, uint256 won) = sums(play, i, truth);
            if (won != 0) continue;
            payout += share;
            lost += total;
        }
    }

    function expert(Play memory play, uint256 index) internal pure returns (uint256 payout) {
        uint256 share = play.amount / play.numArtifacts;
        Claim memory claim = play.claims[index];
        if (play.votes.length == 0) payout = play.assertionFee;
        uint256 truth = consensus(play);
        for (uint256 i = 0; i < play.numArtifacts; ++i) {
            uint256 bid = claim.bids[i];
            if (bid == 0) continue;
            if (play.votes.length == 0) {
                payout += bid;
                if (claim.revealed) payout += bid * share / revealedBids(play, i);
            } else if (isRight(claim, i, truth)) {
                (uint256 total, uint256 won) = sums(play, i, truth);
                payout += bid + bid * (total - won) / won + bid * share / won;
            }
        }
    }

    function arbiter(Play memory play, uint256 index) internal pure returns (uint256) {
        uint256 truth = consensus(play);
        uint256 own;
        uint256 all;
        for (uint256 i = 0; i < play.numArtifacts; ++i) {
            all += agreeing(play, i, ArtifactMask.wrap(truth).contains(i));
            if (ArtifactMask.wrap(play.votes[index]).contains(i) == ArtifactMask.wrap(truth).contains(i)) ++own;
        }
        return (play.bountyFee + play.claims.length * play.assertionFee) * own / all;
    }

    function sums(Play memory play, uint256 artifact, uint256 truth) private pure returns (uint256 total, uint256 won) {
        for (uint256 j = 0; j < play.claims.length; ++j) {
            total += play.claims[j].bids[artifact];
            if (isRight(play.claims[j], artifact, truth)) won += play.claims[j].bids[artifact];
        }
    }

    function revealedBids(Play memory play, uint256 artifact) private pure returns (uint256 sum) {
        for (uint256 j = 0; j < play.claims.length; ++j) {
            if (play.claims[j].revealed) sum += play.claims[j].bids[artifact];
        }
    }

    function isRight(Claim memory claim, uint256 artifact, uint256 truth) private pure returns (bool) {
        return claim.revealed
            && ArtifactMask.wrap(claim.verdicts).contains(artifact) == ArtifactMask.wrap(truth).contains(artifact);
    }

    function agreeing(Play memory play, uint256 artifact, bool malicious) private pure returns (uint256 count) {
        for (uint256 j = 0; j < play.votes.length; ++j) {
            if (ArtifactMask.wrap(play.votes[j]).contains(artifact) == malicious) ++count;
        }
    }
}
