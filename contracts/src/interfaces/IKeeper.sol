// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Brings onto the chain together what is due to many
/// @notice Once the assertion round is over a reveal holds no secret, and a settlement pays whom it belongs to, whoever
/// asks for it. A batch does both for any number of parties and bounties; each item succeeds or fails by itself.
interface IKeeper {
    /// @notice What `IBountyRegistry.revealFor` takes
    struct Opening {
        uint128 bountyGuid;
        address author;
        uint256 nonce;
        uint256 verdicts;
        string metadata;
    }

    /// @notice What `IBountyRegistry.settleFor` takes
    struct Claim {
        uint128 bountyGuid;
        address account;
    }

    /// @notice Thrown when what is left of a transaction's gas cannot give an item its part: the batch is undone, so
    /// that no item fails because its sender was sparing with gas
    /// @param gasEach What each item may use
    error KeeperGasTooLow(uint256 gasEach);

    /// @notice Thrown when no item of a batch could be done, such as when all of them were done already
    error KeeperNothingDone();

    /// @notice Reveals assertions and settles accounts
    /// @param gasEach How much gas each item may use; what one does not use stays the caller's
    /// @param openings The assertions to reveal, in the bound form
    /// @param claims The accounts to settle for
    /// @return revealed For each opening, whether it was revealed now
    /// @return settled For each claim, whether it was settled now
    function bring(uint256 gasEach, Opening[] calldata openings, Claim[] calldata claims)
        external
        returns (bool[] memory revealed, bool[] memory settled);

    /// @notice The market
    /// @return Its registry
    function registry() external view returns (address);
}
