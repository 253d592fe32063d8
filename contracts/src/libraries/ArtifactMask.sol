// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Sets of artifacts, as 256-bit words: bit i stands for artifact i
library ArtifactMask {
    /// @notice The set of all artifacts of a bounty
    /// @param numArtifacts How many it has, 1 to 256
    /// @return The set
    function all(uint256 numArtifacts) internal pure returns (uint256) {
        return type(uint256).max >> (256 - numArtifacts);
    }

    /// @notice Whether a set has only artifacts that a bounty has
    /// @param mask The set
    /// @param numArtifacts How many artifacts the bounty has, 1 to 256
    /// @return Whether no bit is set beyond them
    function isWithin(uint256 mask, uint256 numArtifacts) internal pure returns (bool) {
        return mask & ~all(numArtifacts) == 0;
    }

    /// @notice Whether an artifact is in a set
    /// @param mask The set
    /// @param artifact The artifact, 0 to 255
    /// @return Whether its bit is set
    function contains(uint256 mask, uint256 artifact) internal pure returns (bool) {
        return (mask >> artifact) & 1 != 0;
    }

    /// @notice How many artifacts are in a set
    /// @dev Adds neighbouring bits, then neighbouring pairs, and so on, in all parts of the word at once.
    /// @param mask The set
    /// @return sum The number of bits that are set, 0 to 256
    function count(uint256 mask) internal pure returns (uint256 sum) {
        unchecked {
            uint256 ones = type(uint256).max;
            sum = mask - ((mask >> 1) & (ones / 3)); // 0x5555…
            sum = (sum & (ones / 5)) + ((sum >> 2) & (ones / 5)); // 0x3333…
            sum = (sum + (sum >> 4)) & (ones / 17); // 0x0f0f…
            sum = (sum & (ones / 257)) + ((sum >> 8) & (ones / 257)); // 0x00ff…: 16-bit parts, as 8 bits hold no 256
            sum = (sum * (ones / 65_535)) >> 240; // the uppermost part of the product is the sum of all parts
        }
    }
}
