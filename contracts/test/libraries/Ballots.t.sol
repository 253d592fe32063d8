// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "../base/Test.sol";
import {ArtifactMask} from "src/libraries/ArtifactMask.sol";
import {Ballots} from "src/libraries/Ballots.sol";
import {Ballot} from "src/types/BountyRecord.sol";

contract BallotsTest is Test {
    using Ballots for Ballot;

    Ballot private _ballot;

    function test_fuzz_whatIsCastIsReadAndForgotten(uint256 votes, uint256 seed) public {
        uint256 numArtifacts = bound(seed, 1, 256);
        if (seed % 3 == 0) numArtifacts = 256;
        votes &= ArtifactMask.all(numArtifacts);
        vm.assertFalse(_ballot.isCast());
        _ballot.cast(votes, numArtifacts);
        vm.assertTrue(_ballot.isCast());
        vm.assertEq(_ballot.read(numArtifacts), votes);
        _ballot.clear(numArtifacts);
        vm.assertFalse(_ballot.isCast());
        vm.assertEq(_ballot.upperVote, 0);
    }

    function test_aVoteForBenignOnlyIsAVote() public {
        _ballot.cast(0, 256);
        vm.assertTrue(_ballot.isCast());
        vm.assertEq(_ballot.read(256), 0);
    }
}
