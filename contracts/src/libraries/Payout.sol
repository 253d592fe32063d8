// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The arithmetic of a settlement
/// @notice All amounts are base units of NCT. Every division truncates, so that no sum of payouts exceeds what was paid
/// in; what the divisions leave over is burned with the last claim. A bounty of `amount` on K artifacts has `amount /
/// K` for each.
library Payout {
    /// @notice What each artifact of a bounty is worth
    /// @param amount The bounty's amount
    /// @param numArtifacts How many artifacts it has
    /// @return The share of one artifact
    function artifactShare(uint256 amount, uint256 numArtifacts) internal pure returns (uint256) {
        return amount / numArtifacts;
    }

    /// @notice What dividing the amount by the artifacts leaves over, which is the author's
    /// @param amount The bounty's amount
    /// @param numArtifacts How many artifacts it has
    /// @return The remainder, less than one base unit for each artifact
    function remainder(uint256 amount, uint256 numArtifacts) internal pure returns (uint256) {
        return amount % numArtifacts;
    }

    /// @notice What an engine gets for an artifact on which it was right: its bid, and its part of what those lost who
    /// were wrong and of the artifact's share
    /// @param bid The engine's bid
    /// @param won The bids of those who were right, the engine's included
    /// @param lost All other bids on the artifact, as far as they are lost
    /// @param share The artifact's share of the bounty
    /// @return The payout
    function correct(uint256 bid, uint256 won, uint256 lost, uint256 share) internal pure returns (uint256) {
        return bid + bid * lost / won + bid * share / won;
    }

    /// @notice What an arbiter gets: a part of all fees, for each artifact on which it agreed with the consensus
    /// @param bountyFee The fee the author paid
    /// @param assertionFee The fee each engine paid
    /// @param assertionCount How many engines asserted
    /// @param agreed On how many artifacts the arbiter agreed with the consensus
    /// @param agreement The sum of that over all arbiters that voted, not zero
    /// @return The payout
    function arbiter(uint256 bountyFee, uint256 assertionFee, uint256 assertionCount, uint256 agreed, uint256 agreement)
        internal
        pure
        returns (uint256)
    {
        return (bountyFee + assertionFee * assertionCount) * agreed / agreement;
    }
}
