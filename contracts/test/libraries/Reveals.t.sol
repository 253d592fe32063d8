// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "../base/Test.sol";
import {Reveals} from "src/libraries/Reveals.sol";
import {ArtifactMask, ArtifactMasks} from "src/types/ArtifactMask.sol";
import {BidVector} from "src/types/BidVector.sol";
import {Assertion, Seal} from "src/types/BountyRecord.sol";

contract RevealsTest is Test {
    using Reveals for Assertion;

    Assertion private _assertion;

    function test_fuzz_whatIsRevealedIsReadAndForgotten(uint256 verdicts, uint256 seed, bool revealed) public {
        uint256 numArtifacts = bound(seed, 1, 256);
        if (seed % 2 == 0) numArtifacts = 20 + seed % 10;
        verdicts &= ArtifactMask.unwrap(ArtifactMasks.all(numArtifacts));
        _assertion = Assertion(seed | 1, BidVector.wrap(7), 3, 0, seed % 3 == 0 ? Seal.Original : Seal.Bound);
        if (revealed) {
            _assertion.reveal(ArtifactMask.wrap(verdicts), numArtifacts);
            vm.assertTrue(_assertion.isRevealed());
            vm.assertEq(ArtifactMask.unwrap(_assertion.verdicts(numArtifacts)), verdicts);
            vm.assertEq(BidVector.unwrap(_assertion.bids), 7);
            vm.assertEq(_assertion.index, 3);
        }
        _assertion.clear(numArtifacts);
        vm.assertEq(_assertion.sealedVerdicts, 0);
        vm.assertFalse(_assertion.bids.exists());
        vm.assertEq(_assertion.index, 0);
        vm.assertEq(_assertion.fewVerdicts, 0);
        vm.assertFalse(_assertion.isRevealed());
        vm.assertTrue(_assertion.seal == Seal.Original);
    }
}
