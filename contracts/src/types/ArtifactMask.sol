// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice A set of artifacts, at most 256 of them: bit i stands for artifact i
type ArtifactMask is uint256;

using {and as &, xor as ^, not as ~} for ArtifactMask global;
using ArtifactMasks for ArtifactMask global;

/// @dev The artifacts that are in both sets.
function and(ArtifactMask a, ArtifactMask b) pure returns (ArtifactMask) {
    return ArtifactMask.wrap(ArtifactMask.unwrap(a) & ArtifactMask.unwrap(b));
}

/// @dev The artifacts that are in one of the sets and not in the other.
function xor(ArtifactMask a, ArtifactMask b) pure returns (ArtifactMask) {
    return ArtifactMask.wrap(ArtifactMask.unwrap(a) ^ ArtifactMask.unwrap(b));
}

/// @dev The artifacts that are not in a set, of 256.
function not(ArtifactMask a) pure returns (ArtifactMask) {
    return ArtifactMask.wrap(~ArtifactMask.unwrap(a));
}

/// @title What is asked of a set of artifacts
library ArtifactMasks {
    ArtifactMask internal constant NONE = ArtifactMask.wrap(0);

    /// @notice The set of all artifacts of a bounty
    /// @param numArtifacts How many it has, 1 to 256
    /// @return The set
    function all(uint256 numArtifacts) internal pure returns (ArtifactMask) {
        return ArtifactMask.wrap(type(uint256).max >> (256 - numArtifacts));
    }

    /// @notice Whether a set has only artifacts that a bounty has
    /// @param mask The set
    /// @param numArtifacts How many artifacts the bounty has, 1 to 256
    /// @return Whether no bit is set beyond them
    function isWithin(ArtifactMask mask, uint256 numArtifacts) internal pure returns (bool) {
        return isSubsetOf(mask, all(numArtifacts));
    }

    /// @notice Whether a set has only artifacts that another has
    /// @param mask The set
    /// @param other The other
    /// @return Whether no bit is set that is not set in the other
    function isSubsetOf(ArtifactMask mask, ArtifactMask other) internal pure returns (bool) {
        return isEmpty(mask & ~other);
    }

    /// @notice Whether a set has no artifact
    /// @param mask The set
    /// @return Whether no bit is set
    function isEmpty(ArtifactMask mask) internal pure returns (bool) {
        return ArtifactMask.unwrap(mask) == 0;
    }

    /// @notice Whether an artifact is in a set
    /// @param mask The set
    /// @param artifact The artifact, 0 to 255
    /// @return Whether its bit is set
    function contains(ArtifactMask mask, uint256 artifact) internal pure returns (bool) {
        return (ArtifactMask.unwrap(mask) >> artifact) & 1 != 0;
    }

    /// @notice How many artifacts are in a set
    /// @dev Adds neighbouring bits, then neighbouring pairs, and so on, in all parts of the word at once.
    /// @param mask The set
    /// @return sum The number of bits that are set, 0 to 256
    function count(ArtifactMask mask) internal pure returns (uint256 sum) {
        unchecked {
            uint256 ones = type(uint256).max;
            sum = ArtifactMask.unwrap(mask);
            sum -= (sum >> 1) & (ones / 3); // 0x5555…
            sum = (sum & (ones / 5)) + ((sum >> 2) & (ones / 5)); // 0x3333…
            sum = (sum + (sum >> 4)) & (ones / 17); // 0x0f0f…
            sum = (sum & (ones / 257)) + ((sum >> 8) & (ones / 257)); // 0x00ff…: 16-bit parts, as 8 bits hold no 256
            sum = (sum * (ones / 65_535)) >> 240; // the uppermost part of the product is the sum of all parts
        }
    }
}
