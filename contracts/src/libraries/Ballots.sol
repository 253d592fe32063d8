// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ArtifactMask} from "../types/ArtifactMask.sol";
import {Ballot} from "../types/BountyRecord.sol";

/// @title How a vote is stored
/// @notice "Everything is benign" must differ from "has not voted": the lowest bit of the first word is set in every
/// ballot and the votes are above it. Only a bounty of 256 artifacts needs a second word, for the last of them.
library Ballots {
    uint256 private constant LOWER_ARTIFACTS = 255;

    /// @notice Stores a vote
    /// @param ballot Where
    /// @param votes Bit i is set if artifact i was found malicious
    /// @param numArtifacts How many artifacts the bounty has
    function cast(Ballot storage ballot, ArtifactMask votes, uint256 numArtifacts) internal {
        uint256 word = ArtifactMask.unwrap(votes);
        ballot.lowerVotes = (word << 1) | 1;
        if (numArtifacts > LOWER_ARTIFACTS) ballot.upperVote = word >> LOWER_ARTIFACTS;
    }

    /// @notice Forgets a vote
    /// @param ballot Where it is
    /// @param numArtifacts How many artifacts the bounty has
    function clear(Ballot storage ballot, uint256 numArtifacts) internal {
        delete ballot.lowerVotes;
        if (numArtifacts > LOWER_ARTIFACTS) delete ballot.upperVote;
    }

    /// @notice Whether there is a vote
    /// @param ballot Where
    /// @return Whether one was cast and not forgotten
    function isCast(Ballot storage ballot) internal view returns (bool) {
        return ballot.lowerVotes != 0;
    }

    /// @notice Reads a vote
    /// @param ballot Where it is
    /// @param numArtifacts How many artifacts the bounty has
    /// @return Bit i is set if artifact i was found malicious
    function read(Ballot storage ballot, uint256 numArtifacts) internal view returns (ArtifactMask) {
        uint256 lower = ballot.lowerVotes >> 1;
        return ArtifactMask.wrap(numArtifacts > LOWER_ARTIFACTS ? lower | (ballot.upperVote << LOWER_ARTIFACTS) : lower);
    }
}
