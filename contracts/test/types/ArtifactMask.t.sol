// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "../base/Test.sol";
import {ArtifactMask, ArtifactMasks} from "src/types/ArtifactMask.sol";

contract ArtifactMaskTest is Test {
    function test_fuzz_countIsTheNumberOfBits(uint256 mask) public pure {
        uint256 expected;
        for (uint256 i = 0; i < 256; ++i) {
            if (ArtifactMask.wrap(mask).contains(i)) ++expected;
        }
        vm.assertEq(ArtifactMask.wrap(mask).count(), expected);
    }

    function test_fuzz_allHasSoManyArtifactsFromTheFirstOn(uint256 seed) public pure {
        uint256 numArtifacts = bound(seed, 1, 256);
        uint256 mask = ArtifactMask.unwrap(ArtifactMasks.all(numArtifacts));
        vm.assertEq(ArtifactMask.wrap(mask).count(), numArtifacts);
        vm.assertTrue(ArtifactMask.wrap(mask).contains(numArtifacts - 1));
        vm.assertTrue(ArtifactMask.wrap(mask).isWithin(numArtifacts));
        if (numArtifacts > 1) vm.assertFalse(ArtifactMask.wrap(mask).isWithin(numArtifacts - 1));
    }

    function test_fuzz_isWithinLooksAtEveryBit(uint256 mask, uint256 seed) public pure {
        uint256 numArtifacts = bound(seed, 1, 256);
        bool beyond;
        for (uint256 i = numArtifacts; i < 256; ++i) {
            beyond = beyond || (mask >> i) & 1 == 1;
        }
        vm.assertEq(ArtifactMask.wrap(mask).isWithin(numArtifacts), !beyond);
    }

    function test_limits() public pure {
        vm.assertEq(ArtifactMask.wrap(0).count(), 0);
        vm.assertEq(ArtifactMasks.all(256).count(), 256);
        vm.assertEq(ArtifactMask.unwrap(ArtifactMasks.all(1)), 1);
        vm.assertEq(ArtifactMask.unwrap(ArtifactMasks.all(256)), type(uint256).max);
    }
}
