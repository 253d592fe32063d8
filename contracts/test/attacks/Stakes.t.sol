// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketTest} from "../base/MarketTest.sol";
import {IArbiterStaking} from "src/interfaces/IArbiterStaking.sol";
import {IBountyRegistry} from "src/interfaces/IBountyRegistry.sol";

/// @title Voting without a stake
/// @notice The old rule asked for nothing but a place in the list of arbiters: both attacks are what anybody in it
/// could do.
contract StakesTest is MarketTest {
    function test_unstakedArbiter_isInTheListAndHasNoVote() public {
        address unstaked = account("unstaked");
        registry.addArbiter(unstaked, 0);
        post(2 * NCT, 1);
        toVote();
        vm.assertTrue(registry.isArbiter(unstaked)); // the old rule: this is enough
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.VoterStakeTooLow.selector, unstaked, 0, MINIMUM_STAKE));
        vm.prank(unstaked);
        registry.voteOnBounty(GUID, 1, true);
    }

    function test_withdrawingBeforeTheVote_costsTheVote() public {
        vm.roll(1000 + STAKE_DURATION);
        post(2 * NCT, 1);
        vm.prank(arbiters[0]);
        staking.withdraw(MINIMUM_STAKE);
        toVote();
        vm.expectRevert(
            abi.encodeWithSelector(IBountyRegistry.VoterStakeTooLow.selector, arbiters[0], 0, MINIMUM_STAKE)
        );
        vote(arbiters[0], 1);
    }

    function test_withdrawingAfterTheVote_waitsForItsEnd() public {
        vm.roll(1000 + STAKE_DURATION);
        post(2 * NCT, 1);
        toVote();
        (uint256 made,) = staking.deposits(arbiters[0], 0);
        vm.assertLe(made + STAKE_DURATION, block.number, "the old rule: the deposit is free");
        vote(arbiters[0], 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IArbiterStaking.ArbiterStakingInsufficientWithdrawable.selector, arbiters[0], 0, MINIMUM_STAKE
            )
        );
        vm.prank(arbiters[0]);
        staking.withdraw(MINIMUM_STAKE);
        toEnd();
        vm.prank(arbiters[0]);
        staking.withdraw(MINIMUM_STAKE);
    }

    function test_movingOneStakeFromArbiterToArbiter_doesNotMultiplyVotes() public {
        vm.roll(1000 + STAKE_DURATION);
        address accomplice = account("accomplice");
        registry.addArbiter(accomplice, 0);
        post(2 * NCT, 1);
        toVote();
        vote(arbiters[0], 1);
        vm.expectPartialRevert(IArbiterStaking.ArbiterStakingInsufficientWithdrawable.selector);
        vm.prank(arbiters[0]);
        staking.withdraw(MINIMUM_STAKE);
        vm.assertEq(staking.balanceOf(accomplice), 0);
    }
}
