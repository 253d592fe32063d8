// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What an engine publishes in place of its verdicts until nobody can copy them any more
/// @notice There are two forms. The bound form hashes every part of a reveal in a place of its own. The form of the
/// original mixes verdicts and nonce in one word: whoever asserts on m artifacts can look for another nonce that opens
/// the same commitment to other verdicts, and has to match the 256 − m bits that must be zero. It is accepted where
/// that is out of reach. docs/contracts.md says what each form binds, in bits.
library Commitment {
    /// @notice The most artifacts of a bounty on which the form of the original is accepted
    uint256 internal constant ORIGINAL_MAXIMUM = 64;

    /// @notice A commitment in the form of the original
    /// @dev The account is part of it, so that another's commitment is of no use to whoever copies it.
    /// @param verdicts Bit i is set if artifact i is malicious; none beyond the artifacts asserted on
    /// @param nonce A secret number
    /// @param account Who commits
    /// @return keccak256(verdicts ^ keccak256(nonce) ^ account), each a word of 32 bytes
    function seal(uint256 verdicts, uint256 nonce, address account) internal pure returns (uint256) {
        uint256 blinded = verdicts ^ uint256(keccak256(abi.encode(nonce))) ^ uint160(account);
        return uint256(keccak256(abi.encode(blinded)));
    }

    /// @notice A commitment in the bound form
    /// @param guid The bounty
    /// @param account Who commits
    /// @param verdicts Bit i is set if artifact i is malicious; none beyond the artifacts asserted on
    /// @param metadata The metadata of the reveal
    /// @param nonce A secret number
    /// @return keccak256(guid, account, verdicts, keccak256(metadata), nonce), each a word of 32 bytes
    function bind(uint128 guid, address account, uint256 verdicts, string memory metadata, uint256 nonce)
        internal
        pure
        returns (uint256)
    {
        return uint256(keccak256(abi.encode(guid, account, verdicts, keccak256(bytes(metadata)), nonce)));
    }
}
