// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketTest} from "../base/MarketTest.sol";

/// @title The worked payouts of the original, version 1.6.1
/// @notice Amounts in base units of NCT. Where a repair makes a difference the test says what the original paid:
/// A and B16 (dust of two units to the arbiter; now burned), C, I16 and J (equal parts for all who asserted, revealed
/// or not, and what nobody had asserted on stayed behind) and G (the arbiter got bounty and lost bids). The fees, one
/// arbiter's in the original, are shared by those that voted.
contract PayoutsTest is MarketTest {
    uint256 internal supply;

    function setUp() public override {
        super.setUp();
        supply = token.totalSupply();
    }

    function test_A_allArbitersMalicious() public {
        threeEngines();
        voteAll(1);
        threeEnginesArePaid();
        for (uint256 i = 0; i < 4; ++i) {
            vm.assertEq(settle(arbiters[i]), 0.156_25 ether / 4);
        }
        ends(2); // original: the arbiter got 156250000000000002
    }

    function test_B16_aTieIsMalicious() public {
        threeEngines();
        vote(arbiters[0], 1);
        vote(arbiters[1], 0);
        threeEnginesArePaid();
        vm.assertEq(settle(arbiters[0]), 0.156_25 ether);
        vm.assertEq(settle(arbiters[1]), 0);
        ends(2);
    }

    function test_C_noVotes() public {
        threeEngines();
        toEnd();
        vm.assertEq(settle(ambassador), 0.0625 ether);
        vm.assertEq(settle(engines[0]), 2.031_25 ether); // original: 1697916666666666666
        vm.assertEq(settle(engines[1]), 1.031_25 ether); // original: 1197916666666666666
        vm.assertEq(settle(engines[2]), 1.031_25 ether); // original: the same; 2 units stayed behind
        ends(0);
    }

    function test_D_noAssertionsButAVote() public {
        post(2 * NCT, 1);
        toVote();
        vote(arbiters[0], 1);
        toEnd();
        vm.assertEq(settle(ambassador), 2 * NCT);
        vm.assertEq(settle(arbiters[0]), 0.0625 ether);
        ends(0);
    }

    function test_E_nothing() public {
        post(2 * NCT, 1);
        toEnd();
        vm.assertEq(settle(ambassador), 2.0625 ether);
        ends(0);
    }

    function test_F_withoutRevealABidIsLost() public {
        post(2 * NCT, 1);
        bid(engines[0], NCT, 1, 1);
        bid(engines[1], NCT / 2, 1, 1);
        toReveal();
        reveal(engines[1], 1, 1);
        toVote();
        vote(arbiters[0], 1);
        toEnd();
        vm.assertEq(settle(ambassador), 0);
        vm.assertEq(settle(engines[0]), 0);
        vm.assertEq(settle(engines[1]), 3.5 ether);
        vm.assertEq(settle(arbiters[0]), 0.125 ether);
        ends(0);
    }

    function test_G_everybodyWrong() public {
        post(2 * NCT, 1);
        bid(engines[0], NCT, 1, 0);
        bid(engines[1], NCT / 2, 1, 0);
        toReveal();
        reveal(engines[0], 0, 0);
        reveal(engines[1], 1, 0);
        toVote();
        vote(arbiters[0], 1);
        toEnd();
        vm.assertEq(settle(ambassador), 2 * NCT); // original: 0
        vm.assertEq(settle(engines[0]), 0);
        vm.assertEq(settle(engines[1]), 0);
        vm.assertEq(settle(arbiters[0]), 0.125 ether); // original: 3.625
        ends(1.5 ether);
    }

    function test_H16_artifactsThatNobodyAssertedOn() public {
        threeArtifacts();
        voteAll(3);
        toEnd();
        vm.assertEq(settle(ambassador), 2 * NCT);
        vm.assertEq(settle(engines[0]), 6 * NCT);
        vm.assertEq(settle(engines[1]), 0);
        for (uint256 i = 0; i < 4; ++i) {
            vm.assertEq(settle(arbiters[i]), 0.125 ether / 4);
        }
        ends(0);
    }

    function test_I16_noVotesOnPartialMasks() public {
        threeArtifacts();
        toEnd();
        vm.assertEq(settle(ambassador), 2.0625 ether); // original: 0.0625, and 3 stayed behind
        vm.assertEq(settle(engines[0]), 4_864_583_333_333_333_333); // original: 3.53125
        vm.assertEq(settle(engines[1]), 1_197_916_666_666_666_666); // original: 1.53125
        ends(1);
    }

    function test_J_noVotesAndABidThatIsNotRevealed() public {
        post(2 * NCT, 1);
        bid(engines[0], NCT, 1, 1);
        bid(engines[1], NCT / 2, 1, 1);
        toReveal();
        reveal(engines[1], 1, 1);
        toEnd();
        vm.assertEq(settle(ambassador), 0.0625 ether);
        vm.assertEq(settle(engines[0]), 1.031_25 ether); // original: 2.03125
        vm.assertEq(settle(engines[1]), 2.531_25 ether); // original: 1.53125
        ends(0);
    }

    /// @dev A bounty of 2 on one artifact; bids of 1 and ½ on malicious, of ½ on benign.
    function threeEngines() internal {
        post(2 * NCT, 1);
        bid(engines[0], NCT, 1, 1);
        bid(engines[1], NCT / 2, 1, 1);
        bid(engines[2], NCT / 2, 1, 0);
        toReveal();
        reveal(engines[0], 0, 1);
        reveal(engines[1], 1, 1);
        reveal(engines[2], 2, 0);
        toVote();
    }

    function threeEnginesArePaid() internal {
        toEnd();
        vm.assertEq(settle(ambassador), 0);
        vm.assertEq(settle(engines[0]), 2_666_666_666_666_666_666);
        vm.assertEq(settle(engines[1]), 1_333_333_333_333_333_332);
        vm.assertEq(settle(engines[2]), 0);
    }

    /// @dev A bounty of 6 on three artifacts; one engine bids 1 and ½ on the first two and is right, another ½ on the
    /// first and is wrong, nobody bids on the third.
    function threeArtifacts() internal {
        post(6 * NCT, 3);
        bid(engines[0], list(NCT, NCT / 2), 3, 3);
        bid(engines[1], NCT / 2, 1, 0);
        toReveal();
        reveal(engines[0], 0, 3);
        reveal(engines[1], 1, 0);
        toVote();
    }

    /// @dev Everybody has settled: nothing is left, and this much is no more.
    function ends(uint256 expected) internal view {
        vm.assertEq(supply - token.totalSupply(), expected);
        vm.assertEq(token.balanceOf(address(registry)), 0);
        vm.assertEq(registry.getBounty(GUID).openClaims, 0);
    }
}
