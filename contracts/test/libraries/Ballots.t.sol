// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "../base/Test.sol";
import {Ballots} from "src/libraries/Ballots.sol";
import {ArtifactMask, ArtifactMasks} from "src/types/ArtifactMask.sol";
import {Ballot} from "src/types/BountyRecord.sol";

contract BallotsTest is Test {
    using Ballots for Ballot;

    Ballot private _ballot;

    function test_fuzz_whatIsCastIsReadAndForgotten(uint256 votes, uint256 seed) public {
        uint256 numArtifacts = bound(seed, 1, 256);
        if (seed % 3 == 0) numArtifacts = 256;
        votes &= ArtifactMask.unwrap(ArtifactMasks.all(numArtifacts));
        vm.assertFalse(_ballot.isCast());
        _ballot.cast(ArtifactMask.wrap(votes), numArtifacts);
        vm.assertTrue(_ballot.isCast());
        vm.assertEq(ArtifactMask.unwrap(_ballot.read(numArtifacts)), votes);
        _ballot.clear(numArtifacts);
        vm.assertFalse(_ballot.isCast());
        vm.assertEq(_ballot.upperVote, 0);
    }

    function test_aVoteForBenignOnlyIsAVote() public {
        _ballot.cast(ArtifactMasks.NONE, 256);
        vm.assertTrue(_ballot.isCast());
        vm.assertTrue(_ballot.read(256).isEmpty());
    }
}
