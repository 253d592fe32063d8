// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Those who may stop new business
/// @notice A pause never stops anybody from taking out what is due: each contract says which functions it stops.
interface IPauserRole {
    /// @notice Emitted when an account may pause from now on
    /// @param account The new pauser
    event PauserAdded(address indexed account);

    /// @notice Emitted when an account may no longer pause
    /// @param account The former pauser
    event PauserRemoved(address indexed account);

    /// @notice Thrown when a function for pausers is called by another account
    /// @param account The caller
    error PauserRoleUnauthorized(address account);

    /// @notice Thrown when an account that is to become a pauser already is one
    /// @param account The pauser
    error PauserRoleAlreadyGranted(address account);

    /// @notice Lets another account pause
    /// @param account The account
    function addPauser(address account) external;

    /// @notice Gives up the caller's own right to pause
    function renouncePauser() external;

    /// @notice Stops new business
    function pause() external;

    /// @notice Lets new business in again
    function unpause() external;

    /// @notice Whether an account may pause
    /// @param account The account
    /// @return Whether it is a pauser
    function isPauser(address account) external view returns (bool);
}
