// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketTest} from "./base/MarketTest.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {ArbiterStaking} from "src/ArbiterStaking.sol";
import {BountyRegistry} from "src/BountyRegistry.sol";
import {IArbiterStaking} from "src/interfaces/IArbiterStaking.sol";
import {IPauserRole} from "src/interfaces/IPauserRole.sol";

contract ArbiterStakingTest is MarketTest {
    address internal arbiter;

    function setUp() public override {
        super.setUp();
        arbiter = arbiters[0]; // staked the minimum at block 1000
    }

    function test_constants_areThoseOfTheOriginal() public view {
        vm.assertEq(staking.VERSION(), "1.2.2");
        vm.assertEq(staking.MINIMUM_STAKE(), 10 ** 25);
        vm.assertEq(staking.MAXIMUM_STAKE(), 10 ** 26);
        vm.assertEq(staking.VOTE_RATIO_NUMERATOR(), 9);
        vm.assertEq(staking.VOTE_RATIO_DENOMINATOR(), 10);
        vm.assertEq(staking.stakeDuration(), STAKE_DURATION);
        vm.assertEq(staking.bountyRegistry(), address(registry));
    }

    function test_constructor_refusesALongLock() public {
        uint256 longest = staking.MAXIMUM_STAKE_DURATION();
        new ArbiterStaking(address(token), longest);
        vm.expectRevert(
            abi.encodeWithSelector(IArbiterStaking.ArbiterStakingDurationTooLong.selector, longest + 1, longest)
        );
        new ArbiterStaking(address(token), longest + 1);
    }

    // ---- deposits

    function test_deposit_locksAndIsListed() public {
        vm.roll(1500);
        vm.expectEmit(address(staking));
        emit IArbiterStaking.NewDeposit(arbiter, 5);
        deposit(5);
        vm.assertEq(staking.balanceOf(arbiter), MINIMUM_STAKE + 5);
        (uint256 blockNumber, uint256 value) = staking.deposits(arbiter, 1);
        vm.assertEq(blockNumber, 1500);
        vm.assertEq(value, 5);
        vm.assertEq(token.balanceOf(address(staking)), 4 * MINIMUM_STAKE + 5);
    }

    function test_deposit_withApproveAndCall() public {
        vm.prank(arbiter);
        token.approveAndCall(address(staking), 5, "");
        vm.assertEq(staking.balanceOf(arbiter), MINIMUM_STAKE + 5);
    }

    function test_receiveApproval_isForTheTokenOnly() public {
        vm.expectRevert(
            abi.encodeWithSelector(IArbiterStaking.ArbiterStakingForeignToken.selector, address(this), address(token))
        );
        staking.receiveApproval(arbiter, 5, address(token), "");
        vm.expectRevert(
            abi.encodeWithSelector(IArbiterStaking.ArbiterStakingForeignToken.selector, address(token), address(this))
        );
        vm.prank(address(token));
        staking.receiveApproval(arbiter, 5, address(this), "");
    }

    function test_deposit_limits() public {
        address fresh = account("fresh");
        fund(fresh);
        registry.addArbiter(fresh, 0);
        expectStakeOutOfRange(fresh, MINIMUM_STAKE - 1);
        vm.prank(fresh);
        staking.deposit(MINIMUM_STAKE - 1);
        expectStakeOutOfRange(arbiter, 10 * MINIMUM_STAKE + 1);
        deposit(9 * MINIMUM_STAKE + 1);
        deposit(9 * MINIMUM_STAKE);
        vm.assertEq(staking.balanceOf(arbiter), staking.MAXIMUM_STAKE());
    }

    function test_deposit_refusesNothingAndStrangersAndPauses() public {
        vm.expectRevert(abi.encodeWithSelector(IArbiterStaking.ArbiterStakingZeroValue.selector));
        deposit(0);
        vm.expectRevert(abi.encodeWithSelector(IArbiterStaking.ArbiterStakingNotArbiter.selector, engines[0]));
        vm.prank(engines[0]);
        staking.deposit(MINIMUM_STAKE);
        registry.removeArbiter(arbiter, 0);
        vm.expectRevert(abi.encodeWithSelector(IArbiterStaking.ArbiterStakingNotArbiter.selector, arbiter));
        deposit(1);
        staking.pause();
        vm.expectRevert(abi.encodeWithSelector(Pausable.EnforcedPause.selector));
        deposit(1);
    }

    function test_deposit_isBoundedInNumber() public {
        uint256 maximum = staking.MAXIMUM_DEPOSITS();
        for (uint256 i = 1; i < maximum; ++i) {
            deposit(1);
        }
        vm.expectRevert(
            abi.encodeWithSelector(IArbiterStaking.ArbiterStakingTooManyDeposits.selector, arbiter, maximum)
        );
        deposit(1);
        vm.roll(1000 + STAKE_DURATION);
        withdraw(MINIMUM_STAKE); // empties the oldest
        deposit(MINIMUM_STAKE);
        vm.roll(1000 + 2 * STAKE_DURATION);
        withdraw(MINIMUM_STAKE + maximum - 1); // all of them at once
        vm.assertEq(staking.balanceOf(arbiter), 0);
    }

    // ---- withdrawals

    function test_withdraw_firstBlock() public {
        vm.roll(1000 + STAKE_DURATION - 1);
        vm.assertEq(staking.withdrawableBalanceOf(arbiter), 0);
        expectNotWithdrawable(0, 1);
        withdraw(1);
        vm.roll(1000 + STAKE_DURATION);
        vm.assertEq(staking.withdrawableBalanceOf(arbiter), MINIMUM_STAKE);
        expectNotWithdrawable(MINIMUM_STAKE, MINIMUM_STAKE + 1);
        withdraw(MINIMUM_STAKE + 1);
        vm.expectEmit(address(staking));
        emit IArbiterStaking.NewWithdrawal(arbiter, MINIMUM_STAKE);
        withdraw(MINIMUM_STAKE);
        vm.assertEq(staking.balanceOf(arbiter), 0);
    }

    function test_withdraw_oldestFirst() public {
        vm.roll(1100);
        deposit(100);
        vm.roll(1000 + STAKE_DURATION);
        withdraw(MINIMUM_STAKE - 1);
        (, uint256 left) = staking.deposits(arbiter, 0);
        vm.assertEq(left, 1);
        expectNotWithdrawable(1, 2);
        withdraw(2);
        vm.roll(1100 + STAKE_DURATION);
        withdraw(51);
        (, left) = staking.deposits(arbiter, 0);
        vm.assertEq(left, 0);
        (, left) = staking.deposits(arbiter, 1);
        vm.assertEq(left, 50);
        withdraw(50);
        vm.assertEq(staking.balanceOf(arbiter), 0);
    }

    function test_withdraw_refusesNothing() public {
        vm.expectRevert(abi.encodeWithSelector(IArbiterStaking.ArbiterStakingZeroValue.selector));
        withdraw(0);
    }

    function test_withdraw_isNeverPausedNorTiedToARole() public {
        vm.roll(1000 + STAKE_DURATION);
        staking.pause();
        registry.pause();
        registry.removeArbiter(arbiter, 0);
        withdraw(MINIMUM_STAKE);
        vm.assertEq(token.balanceOf(arbiter), 1_000_000_000 ether);
    }

    function test_withdraw_voteLocksTheMinimumUntilItsEnd() public {
        deposit(MINIMUM_STAKE);
        vm.roll(1000 + STAKE_DURATION);
        post(2 * NCT, 1);
        toVote();
        vote(arbiter, 1);
        vm.assertEq(staking.withdrawableBalanceOf(arbiter), MINIMUM_STAKE);
        withdraw(MINIMUM_STAKE);
        expectNotWithdrawable(0, 1);
        withdraw(1);
        vm.roll(voteEnd() - 1);
        vm.assertEq(staking.withdrawableBalanceOf(arbiter), 0);
        vm.roll(voteEnd());
        withdraw(MINIMUM_STAKE);
    }

    function test_withdraw_atOnceWhenADeprecatedRegistryIsFinished() public {
        vm.roll(1001);
        vm.assertFalse(staking.isDeprecateFinished());
        registry.deprecate(false);
        uint256 finished = 1001 + 100 + REVEAL_WINDOW + VOTE_WINDOW;
        deposit(7);
        vm.assertEq(registry.finishedBlock(), finished);
        vm.roll(finished - 1);
        vm.assertFalse(staking.isDeprecateFinished());
        deposit(3);
        vm.roll(finished);
        vm.assertTrue(staking.isDeprecateFinished());
        vm.assertEq(staking.withdrawableBalanceOf(arbiter), staking.balanceOf(arbiter));
        withdraw(staking.balanceOf(arbiter));
        registry.undeprecate();
        vm.assertFalse(staking.isDeprecateFinished());
    }

    // ---- the registry

    function test_recordBounty_isForTheRegistry() public {
        vm.expectRevert(
            abi.encodeWithSelector(IArbiterStaking.ArbiterStakingUnauthorizedRegistry.selector, address(this))
        );
        staking.recordBounty(arbiter, GUID, 1);
    }

    function test_setBountyRegistry_onceByTheOwnerAndOnlyOneThatFits() public {
        vm.expectRevert(
            abi.encodeWithSelector(IArbiterStaking.ArbiterStakingRegistryAlreadySet.selector, address(registry))
        );
        staking.setBountyRegistry(address(registry));

        ArbiterStaking other = new ArbiterStaking(address(token), 1);
        vm.assertFalse(other.isDeprecateFinished());
        vm.assertFalse(other.bounties(GUID));
        vm.expectRevert(
            abi.encodeWithSelector(IArbiterStaking.ArbiterStakingForeignRegistry.selector, address(registry))
        );
        other.setBountyRegistry(address(registry));
        vm.expectRevert(abi.encodeWithSelector(IArbiterStaking.ArbiterStakingNotArbiter.selector, arbiter));
        vm.prank(arbiter);
        other.deposit(MINIMUM_STAKE);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, arbiter));
        vm.prank(arbiter);
        other.setBountyRegistry(address(registry));

        BountyRegistry fitting = new BountyRegistry(address(token), address(other), 1, 1);
        vm.expectEmit(address(other));
        emit IArbiterStaking.BountyRegistrySet(address(fitting));
        other.setBountyRegistry(address(fitting));
    }

    function test_eligibility_needsStakeAndNineVotesInTen() public {
        vm.assertTrue(staking.isEligible(arbiter));
        vm.assertFalse(staking.isEligible(engines[0]));
        for (uint128 i = 0; i < 10; ++i) {
            post(100 + i, 2 * NCT, 1);
        }
        vm.roll(block.number + DURATION + REVEAL_WINDOW);
        for (uint128 i = 0; i < 10; ++i) {
            voteOn(arbiters[1], 100 + i);
            if (i < 9) voteOn(arbiter, 100 + i);
            if (i < 8) voteOn(arbiters[2], 100 + i);
            vm.assertEq(staking.isEligible(arbiters[3]), i < 9); // it never votes; ten bounties must be recorded
        }
        vm.assertTrue(staking.isEligible(arbiters[1]));
        vm.assertTrue(staking.isEligible(arbiter));
        vm.assertFalse(staking.isEligible(arbiters[2]));
        (uint256 votes, uint256 recorded) = staking.arbiterResponseRate(arbiters[2]);
        vm.assertEq(votes, 8);
        vm.assertEq(recorded, 10);

        address[] memory candidates = registry.getArbiterCandidates();
        vm.assertEq(candidates.length, 2);
        vm.assertEq(candidates[0], arbiter);
        vm.assertEq(candidates[1], arbiters[1]);
    }

    function test_activity_looksBackOneHundredBounties() public {
        for (uint128 i = 0; i < 101; ++i) {
            post(100 + i, 2 * NCT, 1);
        }
        vm.roll(block.number + DURATION + REVEAL_WINDOW);
        for (uint128 i = 0; i < 101; ++i) {
            if (i == 0) voteOn(arbiter, 100 + i);
            if (i == 1) voteOn(arbiters[1], 100 + i);
            voteOn(arbiters[2], 100 + i);
        }
        (address[] memory all, bool[] memory active) = registry.getActiveArbiters();
        vm.assertEq(all.length, 4);
        vm.assertFalse(active[0]); // its vote was on the 101st bounty back
        vm.assertTrue(active[1]);
        vm.assertTrue(active[2]);
        vm.assertFalse(active[3]);
    }

    // ---- pausers

    function test_pausers() public {
        address guard = account("guard");
        vm.expectRevert(abi.encodeWithSelector(IPauserRole.PauserRoleUnauthorized.selector, guard));
        vm.prank(guard);
        staking.pause();
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, guard));
        vm.prank(guard);
        staking.addPauser(guard);
        vm.expectEmit(address(staking));
        emit IPauserRole.PauserAdded(guard);
        staking.addPauser(guard);
        vm.assertTrue(staking.isPauser(guard));
        vm.expectRevert(abi.encodeWithSelector(IPauserRole.PauserRoleAlreadyGranted.selector, guard));
        staking.addPauser(guard);
        vm.startPrank(guard);
        staking.pause();
        staking.unpause();
        vm.expectEmit(address(staking));
        emit IPauserRole.PauserRemoved(guard);
        staking.renouncePauser();
        vm.expectRevert(abi.encodeWithSelector(IPauserRole.PauserRoleUnauthorized.selector, guard));
        staking.renouncePauser();
        vm.stopPrank();
        staking.removePauser(address(this));
        vm.assertFalse(staking.isPauser(address(this)));
        vm.expectRevert(abi.encodeWithSelector(IPauserRole.PauserRoleUnauthorized.selector, guard));
        staking.removePauser(guard);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, guard));
        vm.prank(guard);
        staking.removePauser(guard);
    }

    // ---- property

    /// @dev Whatever is deposited comes back in full, never before its lock is over, in any portions.
    function test_fuzz_depositsComeBackInFull(uint96[8] memory values, uint8[8] memory gaps, uint96[12] memory portions)
        public
    {
        uint256 total = MINIMUM_STAKE;
        for (uint256 i = 0; i < 8; ++i) {
            vm.roll(block.number + gaps[i]);
            uint256 value = bound(values[i], 1, MINIMUM_STAKE);
            deposit(value);
            total += value;
        }
        uint256 lastMatures = block.number + STAKE_DURATION;
        uint256 taken;
        for (uint256 i = 0; i < 12; ++i) {
            vm.roll(i == 11 ? lastMatures : block.number + 40);
            uint256 withdrawable = staking.withdrawableBalanceOf(arbiter);
            uint256 matured;
            for (uint256 j = 0; j < 9; ++j) {
                (uint256 made, uint256 value) = staking.deposits(arbiter, j);
                if (made + STAKE_DURATION <= block.number) matured += value;
            }
            vm.assertEq(withdrawable, matured);
            uint256 portion = i == 11 ? withdrawable : bound(portions[i], 0, withdrawable);
            if (portion == 0) continue;
            withdraw(portion);
            taken += portion;
            vm.assertEq(staking.balanceOf(arbiter), total - taken);
        }
        vm.assertEq(taken, total);
    }

    function deposit(uint256 value) internal {
        vm.prank(arbiter);
        staking.deposit(value);
    }

    function withdraw(uint256 value) internal {
        vm.prank(arbiter);
        staking.withdraw(value);
    }

    function voteOn(address voter, uint128 guid) internal {
        vm.prank(voter);
        registry.voteOnBounty(guid, 1, true);
    }

    function expectStakeOutOfRange(address who, uint256 stake) internal {
        vm.expectRevert(
            abi.encodeWithSelector(
                IArbiterStaking.ArbiterStakingStakeOutOfRange.selector, who, stake, MINIMUM_STAKE, 10 * MINIMUM_STAKE
            )
        );
    }

    function expectNotWithdrawable(uint256 withdrawable, uint256 value) internal {
        vm.expectRevert(
            abi.encodeWithSelector(
                IArbiterStaking.ArbiterStakingInsufficientWithdrawable.selector, arbiter, withdrawable, value
            )
        );
    }
}
