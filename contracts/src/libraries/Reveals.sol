// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ArtifactMask} from "../types/ArtifactMask.sol";
import {BidVector} from "../types/BidVector.sol";
import {Assertion, Seal} from "../types/BountyRecord.sol";

/// @title How revealed verdicts are stored
/// @notice Nobody needs a commitment that is opened. On up to 24 artifacts the verdicts go beside the bids and the slot
/// of the commitment is given back; on more they take its place.
library Reveals {
    uint256 private constant BESIDE_BIDS = 24;

    /// @notice Stores verdicts in an assertion
    /// @param assertion The assertion
    /// @param revealed Bit i is set if artifact i was found malicious
    /// @param numArtifacts How many artifacts the bounty has
    function reveal(Assertion storage assertion, ArtifactMask revealed, uint256 numArtifacts) internal {
        uint256 word = ArtifactMask.unwrap(revealed);
        bool few = numArtifacts <= BESIDE_BIDS;
        assertion.seal = Seal.Opened;
        assertion.fewVerdicts = few ? uint24(word) : 0;
        assertion.sealedVerdicts = few ? 0 : word;
    }

    /// @notice Whether an assertion is revealed
    /// @param assertion The assertion
    /// @return Whether it is
    function isRevealed(Assertion storage assertion) internal view returns (bool) {
        return assertion.seal == Seal.Opened;
    }

    /// @notice The verdicts of an assertion that is revealed
    /// @param assertion The assertion
    /// @param numArtifacts How many artifacts the bounty has
    /// @return Bit i is set if artifact i was found malicious
    function verdicts(Assertion storage assertion, uint256 numArtifacts) internal view returns (ArtifactMask) {
        return ArtifactMask.wrap(numArtifacts <= BESIDE_BIDS ? assertion.fewVerdicts : assertion.sealedVerdicts);
    }

    /// @notice Forgets an assertion
    /// @param assertion The assertion
    /// @param numArtifacts How many artifacts the bounty has
    function clear(Assertion storage assertion, uint256 numArtifacts) internal {
        if (!isRevealed(assertion) || numArtifacts > BESIDE_BIDS) delete assertion.sealedVerdicts;
        assertion.bids = BidVector.wrap(0);
        delete assertion.index;
        delete assertion.fewVerdicts;
        delete assertion.seal;
    }
}
