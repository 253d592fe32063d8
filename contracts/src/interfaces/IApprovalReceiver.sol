// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title A contract that acts on an allowance in the transaction that grants it
interface IApprovalReceiver {
    /// @notice Called by the token after `_from` approved this contract with `approveAndCall`
    /// @param _from The account that approved
    /// @param _value The allowance it granted, in base units
    /// @param _tokenContract The token
    /// @param data What `_from` passed along
    /// @return Whether the call was understood; the token reverts otherwise
    function receiveApproval(address _from, uint256 _value, address _tokenContract, bytes calldata data)
        external
        returns (bool);
}
