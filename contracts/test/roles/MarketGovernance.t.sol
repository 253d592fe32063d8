// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketTest} from "../base/MarketTest.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {BountyRegistry} from "src/BountyRegistry.sol";
import {IMarketGovernance} from "src/interfaces/IMarketGovernance.sol";

contract MarketGovernanceTest is MarketTest {
    address internal alice = account("alice");

    function test_deployerHasEveryRole() public view {
        vm.assertEq(registry.owner(), address(this));
        vm.assertTrue(registry.isOwner());
        vm.assertTrue(registry.isArbiterManager(address(this)));
        vm.assertTrue(registry.isDeprecator(address(this)));
        vm.assertTrue(registry.isPauser(address(this)));
        vm.assertEq(registry.feeManager(), address(this));
        vm.assertEq(registry.windowManager(), address(this));
    }

    // ---- arbiters

    function test_arbiters_areAddedAndRemovedByManagers() public {
        expectFrom(alice, abi.encodeWithSelector(IMarketGovernance.ArbiterManagerUnauthorized.selector, alice));
        registry.addArbiter(alice, 5);
        expectFrom(alice, abi.encodeWithSelector(IMarketGovernance.ArbiterManagerUnauthorized.selector, alice));
        registry.removeArbiter(arbiters[0], 5);

        vm.expectEmit(address(registry));
        emit IMarketGovernance.AddedArbiter(alice, 5);
        registry.addArbiter(alice, 5);
        vm.assertTrue(registry.isArbiter(alice));
        vm.assertEq(registry.arbiterCount(), 5);
        vm.expectRevert(abi.encodeWithSelector(IMarketGovernance.ArbiterInvalid.selector, alice));
        registry.addArbiter(alice, 5);
        vm.expectRevert(abi.encodeWithSelector(IMarketGovernance.ArbiterInvalid.selector, address(0)));
        registry.addArbiter(address(0), 5);

        vm.expectEmit(address(registry));
        emit IMarketGovernance.RemovedArbiter(alice, 6);
        registry.removeArbiter(alice, 6);
        vm.assertFalse(registry.isArbiter(alice));
        vm.assertEq(registry.arbiterCount(), 4);
        vm.expectRevert(abi.encodeWithSelector(IMarketGovernance.ArbiterUnknown.selector, alice));
        registry.removeArbiter(alice, 6);
    }

    function test_arbiters_areAtMost255() public {
        for (uint160 i = 1; i <= 251; ++i) {
            registry.addArbiter(address(i), 0);
        }
        vm.assertEq(registry.arbiterCount(), 255);
        vm.expectRevert(abi.encodeWithSelector(IMarketGovernance.ArbiterLimitReached.selector, 255));
        registry.addArbiter(alice, 0);
        registry.removeArbiter(address(1), 0);
        registry.addArbiter(alice, 0);
        post(2 * NCT, 1);
        vm.assertEq(registry.getBounty(GUID).arbiterCount, 255);
    }

    function test_arbiterManagers_areChosenByTheOwner() public {
        expectFrom(alice, notOwner());
        registry.addArbiterManager(alice);
        vm.expectEmit(address(registry));
        emit IMarketGovernance.ArbiterManagerAdded(alice);
        registry.addArbiterManager(alice);
        vm.expectRevert(abi.encodeWithSelector(IMarketGovernance.RoleAlreadyGranted.selector, alice));
        registry.addArbiterManager(alice);
        vm.prank(alice);
        registry.addArbiter(alice, 0);
        expectFrom(alice, notOwner());
        registry.removeArbiterManager(alice);
        vm.expectEmit(address(registry));
        emit IMarketGovernance.ArbiterManagerRemoved(alice);
        registry.removeArbiterManager(alice);
        vm.expectRevert(abi.encodeWithSelector(IMarketGovernance.RoleNotGranted.selector, alice));
        registry.removeArbiterManager(alice);
    }

    // ---- the end of the registry

    function test_deprecators_areChosenByTheOwner() public {
        expectFrom(alice, notOwner());
        registry.addDeprecator(alice);
        vm.expectEmit(address(registry));
        emit IMarketGovernance.DeprecatorAdded(alice);
        registry.addDeprecator(alice);
        vm.prank(alice);
        registry.deprecate(true);
        expectFrom(alice, notOwner());
        registry.removeDeprecator(alice);
        vm.expectEmit(address(registry));
        emit IMarketGovernance.DeprecatorRemoved(alice);
        registry.removeDeprecator(alice);
        expectFrom(alice, abi.encodeWithSelector(IMarketGovernance.DeprecatorUnauthorized.selector, alice));
        registry.undeprecate();
    }

    function test_deprecate_andBack() public {
        vm.assertEq(registry.finishedBlock(), type(uint256).max);
        expectFrom(alice, abi.encodeWithSelector(IMarketGovernance.DeprecatorUnauthorized.selector, alice));
        registry.deprecate(true);
        vm.expectRevert(abi.encodeWithSelector(IMarketGovernance.RegistryNotDeprecated.selector));
        registry.undeprecate();
        vm.expectEmit(address(registry));
        emit IMarketGovernance.Deprecated(true);
        registry.deprecate(true);
        vm.assertEq(registry.deprecatedBlock(), block.number);
        vm.assertTrue(registry.rollover());
        vm.expectRevert(abi.encodeWithSelector(IMarketGovernance.RegistryDeprecated.selector, block.number));
        registry.deprecate(false);
        vm.expectEmit(address(registry));
        emit IMarketGovernance.Undeprecated();
        registry.undeprecate();
        vm.assertEq(registry.deprecatedBlock(), 0);
        vm.assertFalse(registry.rollover());
    }

    function test_deprecate_waitsForTheLongestWindowsThatEverWere() public {
        registry.setWindows(100, 5000);
        registry.setWindows(1, 1);
        registry.deprecate(false);
        vm.assertEq(registry.finishedBlock(), block.number + 100 + 5100);
    }

    // ---- fees

    function test_fees_areSetByTheFeeManagerWithinLimits() public {
        expectFrom(alice, abi.encodeWithSelector(IMarketGovernance.FeeManagerUnauthorized.selector, alice));
        registry.setBountyFee(1);
        expectFrom(alice, abi.encodeWithSelector(IMarketGovernance.FeeManagerUnauthorized.selector, alice));
        registry.setAssertionFee(1);
        vm.expectEmit(address(registry));
        emit IMarketGovernance.NewFeeManager(address(this), alice);
        registry.setFeeManager(alice);
        vm.startPrank(alice);
        vm.expectEmit(address(registry));
        emit IMarketGovernance.FeesUpdated(10 ether, ASSERTION_FEE);
        registry.setBountyFee(10 ether);
        vm.expectEmit(address(registry));
        emit IMarketGovernance.FeesUpdated(10 ether, 10 ether);
        registry.setAssertionFee(10 ether);
        vm.assertEq(registry.bountyFee(), 10 ether);
        vm.assertEq(registry.assertionFee(), 10 ether);
        vm.expectRevert(abi.encodeWithSelector(IMarketGovernance.FeeTooHigh.selector, 10 ether + 1, 10 ether));
        registry.setBountyFee(10 ether + 1);
        vm.expectRevert(abi.encodeWithSelector(IMarketGovernance.FeeTooHigh.selector, 10 ether + 1, 10 ether));
        registry.setAssertionFee(10 ether + 1);
        registry.setBountyFee(0);
        registry.setAssertionFee(0);
        vm.stopPrank();
        post(2 * NCT, 1);
        vm.assertEq(token.balanceOf(address(registry)), 2 * NCT);
    }

    function test_managers_areChosenByTheOwner() public {
        expectFrom(alice, notOwner());
        registry.setFeeManager(alice);
        expectFrom(alice, notOwner());
        registry.setWindowManager(alice);
        expectFrom(alice, notOwner());
        registry.setTreasury(alice);
        expectFrom(alice, notOwner());
        registry.addPauser(alice);
    }

    // ---- windows

    function test_windows_areSetByTheWindowManagerWithinLimits() public {
        expectFrom(alice, abi.encodeWithSelector(IMarketGovernance.WindowManagerUnauthorized.selector, alice));
        registry.setWindows(1, 1);
        vm.expectEmit(address(registry));
        emit IMarketGovernance.NewWindowManager(address(this), alice);
        registry.setWindowManager(alice);
        vm.startPrank(alice);
        vm.expectEmit(address(registry));
        emit IMarketGovernance.WindowsUpdated(100, 100_800);
        registry.setWindows(100, 100_800);
        vm.assertEq(registry.assertionRevealWindow(), 100);
        vm.assertEq(registry.arbiterVoteWindow(), 100_800);
        expectWindow(0, 100);
        registry.setWindows(0, 1);
        expectWindow(101, 100);
        registry.setWindows(101, 1);
        expectWindow(0, 100_800);
        registry.setWindows(1, 0);
        expectWindow(100_801, 100_800);
        registry.setWindows(1, 100_801);
        vm.stopPrank();
    }

    function test_windows_areCheckedAtConstruction() public {
        expectWindow(0, 100_800);
        new BountyRegistry(address(token), address(staking), 0, 1);
        expectWindow(101, 100);
        new BountyRegistry(address(token), address(staking), 1, 101);
        new BountyRegistry(address(token), address(staking), 40_320, 25); // those of the original's main network
    }

    // ---- treasury

    function test_treasury_isSetByTheOwnerAndIsNotTheRegistry() public {
        vm.expectEmit(address(registry));
        emit IMarketGovernance.TreasuryUpdated(address(0), alice);
        registry.setTreasury(alice);
        vm.assertEq(registry.treasury(), alice);
        vm.expectRevert(abi.encodeWithSelector(IMarketGovernance.TreasuryInvalid.selector, address(registry)));
        registry.setTreasury(address(registry));
    }

    // ---- owner

    function test_owner_changesInTwoSteps() public {
        registry.transferOwnership(alice);
        vm.assertEq(registry.owner(), address(this));
        expectFrom(arbiters[0], abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, arbiters[0]));
        registry.acceptOwnership();
        vm.prank(alice);
        registry.acceptOwnership();
        vm.assertEq(registry.owner(), alice);
        vm.assertFalse(registry.isOwner());
        vm.prank(alice);
        registry.renounceOwnership();
        vm.assertEq(registry.owner(), address(0));
    }

    function expectFrom(address sender, bytes memory revertData) internal {
        vm.expectRevert(revertData);
        vm.prank(sender);
    }

    function expectWindow(uint256 window, uint256 maximum) internal {
        vm.expectRevert(abi.encodeWithSelector(IMarketGovernance.WindowOutOfRange.selector, window, maximum));
    }

    function notOwner() internal view returns (bytes memory) {
        return abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, alice);
    }
}
