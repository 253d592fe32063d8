// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketTest} from "../base/MarketTest.sol";
import {OldRules} from "./OldRules.sol";
import {IBountyRegistry} from "src/interfaces/IBountyRegistry.sol";

/// @title Changing the terms of a bounty that is live
contract LiveTermsTest is MarketTest {
    function setUp() public override {
        super.setUp();
        post(2 * NCT, 1);
        bid(engines[0], NCT, 1, 1);
    }

    function test_oldRule_afterAFeeChangeMoreIsOwedThanThereIs() public view {
        uint256 held = token.balanceOf(address(registry));
        vm.assertEq(OldRules.owedWithoutVotes(2 * NCT, NCT, 1, BOUNTY_FEE, ASSERTION_FEE), held);
        vm.assertGt(OldRules.owedWithoutVotes(2 * NCT, NCT, 1, 10 * NCT, 10 * NCT), held, "insolvent");
    }

    function test_feeChange_leavesLiveBountiesAlone() public {
        registry.setBountyFee(10 * NCT);
        registry.setAssertionFee(10 * NCT);
        uint256 before = token.balanceOf(engines[1]);
        bid(engines[1], NCT, 1, 1);
        vm.assertEq(before - token.balanceOf(engines[1]), NCT + ASSERTION_FEE);
        toEnd();
        vm.assertEq(settle(ambassador), 2 * NCT + BOUNTY_FEE);
        vm.assertEq(settle(engines[0]), NCT + ASSERTION_FEE);
        vm.assertEq(settle(engines[1]), NCT + ASSERTION_FEE);
        vm.assertEq(token.balanceOf(address(registry)), 0);
    }

    function test_windowChange_leavesLiveBountiesAlone() public {
        uint256 end = voteEnd();
        registry.setWindows(1, 1);
        vm.assertEq(voteEnd(), end);
        toReveal();
        vm.roll(block.number + REVEAL_WINDOW - 1);
        vm.assertEq(registry.getCurrentRound(GUID), 1);
        vm.roll(end - 1);
        vm.assertEq(registry.getCurrentRound(GUID), 2);
    }

    function test_oldRule_arbitersAddedInTheMiddleOfAVoteMoveTheQuorum() public pure {
        vm.assertTrue(OldRules.hasQuorum(2, 2, 4));
        vm.assertFalse(OldRules.hasQuorum(2, 2, 9));
    }

    function test_arbitersAddedInTheMiddleOfAVote_haveNoneAndDoNotCount() public {
        toReveal();
        reveal(engines[0], 0, 1);
        toVote();
        vote(arbiters[0], 1);
        for (uint256 i = 0; i < 5; ++i) {
            address packed = addArbiter(string.concat("packed ", vm.toString(i)));
            vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.VoterNotEligible.selector, GUID, packed));
            vm.prank(packed);
            registry.voteOnBounty(GUID, 0, true);
        }
        vote(arbiters[1], 1);
        vm.assertEq(registry.getCurrentRound(GUID), 3);
        vm.assertEq(settle(engines[0]), 3 * NCT);
    }

    function test_arbitersRemovedInTheMiddleOfAVote_doNotMoveTheQuorum() public {
        toVote();
        registry.removeArbiter(arbiters[3], 0);
        registry.removeArbiter(arbiters[2], 0);
        vote(arbiters[0], 1);
        vm.assertEq(registry.getCurrentRound(GUID), 2); // one of two, but the bounty was posted to four
    }
}
