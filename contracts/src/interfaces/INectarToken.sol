// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title Nectar (NCT), the token that the market is paid in
/// @notice An ERC-20 with EIP-2612 permits, burning, minters and a switch that is off until the owner enables
/// transfers.
interface INectarToken is IERC20 {
    /// @notice Emitted when an account may mint from now on
    /// @param account The new minter
    event MinterAdded(address indexed account);

    /// @notice Emitted when an account gave up minting
    /// @param account The former minter
    event MinterRemoved(address indexed account);

    /// @notice Emitted once, when tokens begin to move
    event TransfersEnabled();

    /// @notice Thrown when a function for minters is called by another account
    /// @param account The caller
    error NectarTokenUnauthorizedMinter(address account);

    /// @notice Thrown when an account that is to become a minter already is one
    /// @param account The minter
    error NectarTokenAlreadyMinter(address account);

    /// @notice Thrown when tokens would move between two accounts before transfers are enabled
    error NectarTokenTransfersDisabled();

    /// @notice Thrown when transfers are enabled a second time
    error NectarTokenTransfersAlreadyEnabled();

    /// @notice Thrown when an allowance is decreased by more than it is
    /// @param spender The account that may spend
    /// @param allowance What it may spend, in base units
    /// @param decrease By how much it was to be decreased
    error NectarTokenAllowanceBelowZero(address spender, uint256 allowance, uint256 decrease);

    /// @notice Thrown when a contract that was approved did not accept the call that came with it
    /// @param spender The contract
    error NectarTokenApprovalNotReceived(address spender);

    /// @notice Lets another account mint
    /// @param account The account
    function addMinter(address account) external;

    /// @notice Gives up the caller's own right to mint
    function renounceMinter() external;

    /// @notice Creates tokens; minting is possible before transfers are enabled
    /// @param to Who gets them
    /// @param value How many, in base units
    /// @return Always true
    function mint(address to, uint256 value) external returns (bool);

    /// @notice Destroys tokens of the caller; burning is possible before transfers are enabled
    /// @param value How many, in base units
    function burn(uint256 value) external;

    /// @notice Destroys tokens of another account out of the caller's allowance
    /// @param account Whose tokens
    /// @param value How many, in base units
    function burnFrom(address account, uint256 value) external;

    /// @notice Switches transfers on, for good
    function enableTransfers() external;

    /// @notice Approves a contract and calls its `receiveApproval` in one transaction
    /// @param _spender The contract
    /// @param _value The allowance, in base units
    /// @param _extraData Passed along
    /// @return Always true
    function approveAndCall(address _spender, uint256 _value, bytes calldata _extraData) external returns (bool);

    /// @notice Raises an allowance
    /// @param spender The account that may spend
    /// @param addedValue By how much, in base units
    /// @return Always true
    function increaseAllowance(address spender, uint256 addedValue) external returns (bool);

    /// @notice Lowers an allowance
    /// @param spender The account that may spend
    /// @param subtractedValue By how much, in base units
    /// @return Always true
    function decreaseAllowance(address spender, uint256 subtractedValue) external returns (bool);

    /// @notice Whether an account may mint
    /// @param account The account
    /// @return Whether it is a minter
    function isMinter(address account) external view returns (bool);

    /// @notice Whether tokens move between accounts yet
    /// @return Whether transfers are enabled
    function transfersEnabled() external view returns (bool);
}
