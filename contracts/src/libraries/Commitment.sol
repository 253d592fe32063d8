// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What an engine publishes in place of its verdicts until nobody can copy them any more
library Commitment {
    /// @notice The commitment of one account to its verdicts
    /// @dev The account is part of it, so that another's commitment is of no use to whoever copies it.
    /// @param verdicts Bit i is set if artifact i is malicious
    /// @param nonce A secret number
    /// @param account Who commits
    /// @return keccak256(verdicts ^ keccak256(nonce) ^ account), each a word of 32 bytes
    function seal(uint256 verdicts, uint256 nonce, address account) internal pure returns (uint256) {
        uint256 blinded = verdicts ^ uint256(keccak256(abi.encode(nonce))) ^ uint160(account);
        return uint256(keccak256(abi.encode(blinded)));
    }
}
