// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "../base/Test.sol";
import {ArtifactMask} from "src/libraries/ArtifactMask.sol";

contract ArtifactMaskTest is Test {
    function test_fuzz_countIsTheNumberOfBits(uint256 mask) public pure {
        uint256 expected;
        for (uint256 i = 0; i < 256; ++i) {
            if (ArtifactMask.contains(mask, i)) ++expected;
        }
        vm.assertEq(ArtifactMask.count(mask), expected);
    }

    function test_fuzz_allHasSoManyArtifactsFromTheFirstOn(uint256 seed) public pure {
        uint256 numArtifacts = bound(seed, 1, 256);
        uint256 mask = ArtifactMask.all(numArtifacts);
        vm.assertEq(ArtifactMask.count(mask), numArtifacts);
        vm.assertTrue(ArtifactMask.contains(mask, numArtifacts - 1));
        vm.assertTrue(ArtifactMask.isWithin(mask, numArtifacts));
        if (numArtifacts > 1) vm.assertFalse(ArtifactMask.isWithin(mask, numArtifacts - 1));
    }

    function test_fuzz_isWithinLooksAtEveryBit(uint256 mask, uint256 seed) public pure {
        uint256 numArtifacts = bound(seed, 1, 256);
        bool beyond;
        for (uint256 i = numArtifacts; i < 256; ++i) {
            beyond = beyond || (mask >> i) & 1 == 1;
        }
        vm.assertEq(ArtifactMask.isWithin(mask, numArtifacts), !beyond);
    }

    function test_limits() public pure {
        vm.assertEq(ArtifactMask.count(0), 0);
        vm.assertEq(ArtifactMask.count(type(uint256).max), 256);
        vm.assertEq(ArtifactMask.all(1), 1);
        vm.assertEq(ArtifactMask.all(256), type(uint256).max);
    }
}
