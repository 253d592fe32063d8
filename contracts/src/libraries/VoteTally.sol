// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ArtifactMask} from "../types/ArtifactMask.sol";
import {BountyRecord} from "../types/BountyRecord.sol";

/// @title Counting votes
/// @notice Only votes for malicious are counted. There are at most 255 arbiters, so that a count has eight bits; 32 of
/// them make a word, and those of up to four artifacts are in the bounty's own slot, which each vote writes anyhow.
///
/// Once an artifact has quorum no later vote changes its consensus. Let N be the arbiters of the bounty, n ≤ N the
/// votes cast, M those for malicious and B = n − M. With M ≥ N − M it follows that M ≥ n − M for every n ≤ N, and M
/// never falls. With B > N − B it follows that B > n − B = M for every n ≤ N, and B never falls.
library VoteTally {
    uint256 private constant IN_SLOT = 4;
    uint256 private constant COUNTS = 32;
    uint256 private constant COUNT_BITS = 8;

    /// @notice Counts the votes of one arbiter
    /// @param record The bounty
    /// @param votes Bit i is set if the arbiter found artifact i malicious
    /// @param numArtifacts How many artifacts the bounty has
    function tally(BountyRecord storage record, ArtifactMask votes, uint256 numArtifacts) internal {
        uint256 left = ArtifactMask.unwrap(votes);
        if (numArtifacts <= IN_SLOT) {
            record.bounty.fewVotes += uint32(_spread(left));
            return;
        }
        for (uint256 index = 0; left != 0; ++index) {
            uint256 increments = _spread(uint32(left));
            if (increments != 0) record.manyVotes[index] += increments;
            left >>= COUNTS;
        }
    }

    /// @notice Whether no further vote can change the consensus on any artifact
    /// @dev If everybody voted each artifact has quorum: of M + B = N either M ≥ N − M or B > N − B. To ask first is
    /// cheaper.
    /// @param record The bounty
    /// @param numArtifacts How many artifacts it has
    /// @param votesCast How many arbiters voted
    /// @param arbiterCount How many arbiters there were when it was posted
    /// @return Whether each artifact has quorum, or everybody voted
    function hasQuorum(BountyRecord storage record, uint256 numArtifacts, uint256 votesCast, uint256 arbiterCount)
        internal
        view
        returns (bool)
    {
        if (votesCast == arbiterCount) return true;
        uint256 word;
        for (uint256 artifact = 0; artifact < numArtifacts; ++artifact) {
            word = artifact % COUNTS == 0 ? _load(record, numArtifacts, artifact / COUNTS) : word >> COUNT_BITS;
            uint256 malicious = uint8(word);
            uint256 benign = votesCast - malicious;
            if (2 * malicious < arbiterCount && 2 * benign <= arbiterCount) return false;
        }
        return true;
    }

    /// @notice What the arbiters found
    /// @dev At least half of the votes on each artifact agree with the consensus on it: if anybody voted, the agreement
    /// is not zero.
    /// @param record The bounty
    /// @param numArtifacts How many artifacts it has
    /// @param votesCast How many arbiters voted
    /// @return consensus Bit i is set if artifact i is malicious: at least half of the votes say so
    /// @return agreement How many votes agree with the consensus, summed up over all artifacts
    function outcome(BountyRecord storage record, uint256 numArtifacts, uint256 votesCast)
        internal
        view
        returns (ArtifactMask consensus, uint256 agreement)
    {
        uint256 found;
        uint256 word;
        for (uint256 artifact = 0; artifact < numArtifacts; ++artifact) {
            word = artifact % COUNTS == 0 ? _load(record, numArtifacts, artifact / COUNTS) : word >> COUNT_BITS;
            uint256 malicious = uint8(word);
            uint256 benign = votesCast - malicious;
            if (malicious >= benign) {
                found |= 1 << artifact;
                agreement += malicious;
            } else {
                agreement += benign;
            }
        }
        consensus = ArtifactMask.wrap(found);
    }

    function _load(BountyRecord storage record, uint256 numArtifacts, uint256 index) private view returns (uint256) {
        return numArtifacts <= IN_SLOT ? record.bounty.fewVotes : record.manyVotes[index];
    }

    /// @dev Makes a word that has a one in the count of each artifact whose bit is set: 2^i becomes 2^(8i).
    function _spread(uint256 votes) private pure returns (uint256 increments) {
        while (votes != 0) {
            uint256 lowest = votes & (~votes + 1);
            increments |= lowest ** COUNT_BITS;
            votes ^= lowest;
        }
    }
}
