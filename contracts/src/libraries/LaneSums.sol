// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ArtifactMask} from "../types/ArtifactMask.sol";

/// @title Sums of bids per artifact, three to a word
/// @notice A bounty of K artifacts has 3·K lanes of 85 bits: the sum of all bids on each artifact, then the sum of
/// those revealed as malicious, then of those revealed as benign. A lane holds more than 38 million bids of 1 NCT.
/// Nobody's settlement looks at another's assertion: all it must know of the others is in these sums.
library LaneSums {
    uint256 private constant LANES = 3;
    uint256 private constant LANE_BITS = 85;
    uint256 private constant WORD_BITS = LANES * LANE_BITS;
    uint256 internal constant LANE_MAXIMUM = 2 ** LANE_BITS - 1;

    /// @notice Thrown when the bids on an artifact add up to more than a lane holds
    /// @param lane The lane
    /// @param sum What it would have to hold
    error LaneSumsOverflow(uint256 lane, uint256 sum);

    /// @notice Adds bids to the lanes of their artifacts
    /// @param words The words that the lanes are in
    /// @param firstLane The lane of artifact 0
    /// @param bids The bids of an assertion, one for each artifact of the mask
    /// @param mask The artifacts asserted on
    /// @param selected Those of them whose bids are added
    function add(
        uint256[256] storage words,
        uint256 firstLane,
        uint256[] memory bids,
        ArtifactMask mask,
        ArtifactMask selected
    ) internal {
        _add(words, firstLane, bids, ArtifactMask.unwrap(mask), ArtifactMask.unwrap(selected));
    }

    function _add(uint256[256] storage words, uint256 firstLane, uint256[] memory bids, uint256 mask, uint256 selected)
        private
    {
        uint256 index = firstLane / LANES;
        uint256 shift = (firstLane % LANES) * LANE_BITS;
        uint256 word = words[index];
        uint256 next;
        bool changed;
        // Nothing overflows: `index` and `next` count artifacts, and a lane and a bid are far below 2^256.
        unchecked {
            for (uint256 lane = firstLane; mask != 0; ++lane) {
                if (shift == WORD_BITS) {
                    if (changed) words[index] = word;
                    shift = 0;
                    word = words[++index];
                    changed = false;
                }
                if (mask & selected & 1 != 0) {
                    uint256 sum = ((word >> shift) & LANE_MAXIMUM) + bids[next];
                    if (sum > LANE_MAXIMUM) revert LaneSumsOverflow(lane, sum);
                    word += bids[next] << shift;
                    changed = true;
                }
                next += mask & 1;
                mask >>= 1;
                selected >>= 1;
                shift += LANE_BITS;
            }
        }
        if (changed) words[index] = word;
    }

    /// @notice The sum in a lane
    /// @param words The words that the lanes are in
    /// @param lane The lane
    /// @return The sum, in base units
    function sumAt(uint256[256] storage words, uint256 lane) internal view returns (uint256) {
        unchecked {
            return (words[lane / LANES] >> ((lane % LANES) * LANE_BITS)) & LANE_MAXIMUM;
        }
    }
}
