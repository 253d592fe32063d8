// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "../base/Test.sol";
import {BountyPhase, Round} from "src/libraries/BountyPhase.sol";

contract BountyPhaseTest is Test {
    function test_boundaries() public pure {
        assertRound(99, Round.Assertion);
        assertRound(100, Round.Reveal);
        assertRound(124, Round.Reveal);
        assertRound(125, Round.Vote);
        assertRound(224, Round.Vote);
        assertRound(225, Round.Finished);
    }

    function test_fuzz_roundsFollowEachOther(uint40 expiration, uint8 reveal, uint24 vote, uint40 height) public pure {
        Round now_ = BountyPhase.roundAt(expiration, reveal, vote, height);
        Round next = BountyPhase.roundAt(expiration, reveal, vote, uint256(height) + 1);
        vm.assertTrue(next >= now_);
        vm.assertEq(now_ == Round.Assertion, height < expiration);
        vm.assertEq(now_ == Round.Finished, height >= uint256(expiration) + reveal + vote);
        vm.assertTrue(now_ != Round.Quorum);
    }

    function assertRound(uint256 height, Round expected) internal pure {
        vm.assertEq(uint256(BountyPhase.roundAt(100, 25, 100, height)), uint256(expected));
    }
}
