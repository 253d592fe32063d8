// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What every owned contract of the market has in common
/// @notice The owner changes in two steps (`transferOwnership`, then `acceptOwnership` by the new one); those functions
/// and the `Ownership…` errors and events are OpenZeppelin's `Ownable2Step`.
interface IGoverned {
    /// @notice Whether the caller is the owner
    /// @return Whether `msg.sender` is the owner
    function isOwner() external view returns (bool);
}
