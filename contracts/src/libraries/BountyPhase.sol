// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice The round that a bounty is in; the numbers are those that clients see
enum Round {
    Assertion, // 0: engines assert
    Reveal, // 1: engines reveal what they committed to
    Vote, // 2: arbiters vote
    Quorum, // 3: the outcome is certain; experts and author may settle, arbiters may still vote
    Finished // 4: the vote is over; everybody may settle, for ever
}

/// @title Which round a block belongs to
library BountyPhase {
    /// @notice The round at a block, as far as blocks decide it: a vote round is `Quorum` as soon as enough arbiters
    /// voted
    /// @param expirationBlock The first block of the reveal round
    /// @param revealWindow How many blocks the reveal round has
    /// @param voteWindow How many blocks the vote round has
    /// @param blockNumber The block
    /// @return The round, never `Quorum`
    function roundAt(uint256 expirationBlock, uint256 revealWindow, uint256 voteWindow, uint256 blockNumber)
        internal
        pure
        returns (Round)
    {
        if (blockNumber < expirationBlock) return Round.Assertion;
        if (blockNumber < expirationBlock + revealWindow) return Round.Reveal;
        if (blockNumber < expirationBlock + revealWindow + voteWindow) return Round.Vote;
        return Round.Finished;
    }
}
