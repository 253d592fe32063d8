// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketTest} from "../base/MarketTest.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IBountyRegistry} from "src/interfaces/IBountyRegistry.sol";
import {IMarketGovernance} from "src/interfaces/IMarketGovernance.sol";
import {Bounty} from "src/types/BountyRecord.sol";

contract PostTest is MarketTest {
    uint256[8] internal bloom;

    function test_post_storesTheTermsAndTakesAmountAndFee() public {
        uint256 before = token.balanceOf(ambassador);
        post(7 * NCT, 3);
        vm.assertEq(before - token.balanceOf(ambassador), 7 * NCT + BOUNTY_FEE);
        vm.assertEq(token.balanceOf(address(registry)), 7 * NCT + BOUNTY_FEE);

        Bounty memory bounty = registry.getBounty(GUID);
        vm.assertEq(bounty.author, ambassador);
        vm.assertEq(bounty.amount, 7 * NCT);
        vm.assertEq(bounty.bountyFee, BOUNTY_FEE);
        vm.assertEq(bounty.assertionFee, ASSERTION_FEE);
        vm.assertEq(bounty.expirationBlock, block.number + DURATION);
        vm.assertEq(bounty.revealWindow, REVEAL_WINDOW);
        vm.assertEq(bounty.voteWindow, VOTE_WINDOW);
        vm.assertEq(bounty.numArtifacts, 3);
        vm.assertEq(bounty.arbiterCount, 4);
        vm.assertEq(bounty.arbiterEpoch, 4);
        vm.assertEq(bounty.escrow, 7 * NCT + BOUNTY_FEE);
        vm.assertEq(bounty.openClaims, 1);
        vm.assertEq(registry.getCurrentRound(GUID), 0);
    }

    function test_post_emitsTheBountyAndThenItsTerms() public {
        for (uint256 i = 0; i < 8; ++i) {
            bloom[i] = i + 1;
        }
        vm.expectEmit(address(registry));
        emit IBountyRegistry.NewBounty(GUID, 1, ambassador, 4 * NCT, URI, block.number + 5, "metadata");
        vm.expectEmit(address(registry));
        emit IBountyRegistry.BountyTerms(GUID, 2, bloom, BOUNTY_FEE, ASSERTION_FEE, REVEAL_WINDOW, VOTE_WINDOW, 4);
        vm.prank(ambassador);
        registry.postBounty(GUID, 1, 4 * NCT, URI, 2, 5, bloom, "metadata");
    }

    function test_post_acceptsEveryLimit() public {
        vm.startPrank(ambassador);
        registry.postBounty(1, 0, 2 * NCT, "u", 1, 1, bloom, "");
        registry.postBounty(2, 1, 512 * NCT, text(100), 256, 100, bloom, text(100));
        vm.stopPrank();
        vm.assertEq(registry.getNumberOfBounties(), 2);
    }

    function test_post_refusesAGuidThatIsTaken() public {
        post(2 * NCT, 1);
        expect(abi.encodeWithSelector(IBountyRegistry.BountyGuidTaken.selector, GUID));
        registry.postBounty(GUID, 0, 2 * NCT, URI, 1, 1, bloom, "");
    }

    function test_post_refusesAGuidThatIsTakenEvenIfAllIsSettled() public {
        post(2 * NCT, 1);
        toEnd();
        settle(ambassador);
        expect(abi.encodeWithSelector(IBountyRegistry.BountyGuidTaken.selector, GUID));
        registry.postBounty(GUID, 0, 2 * NCT, URI, 1, 1, bloom, "");
    }

    function test_post_refusesUnknownArtifactTypes() public {
        expect(abi.encodeWithSelector(IBountyRegistry.BountyArtifactTypeUnknown.selector, 2));
        registry.postBounty(GUID, 2, 2 * NCT, URI, 1, 1, bloom, "");
    }

    function test_post_refusesWrongNumbersOfArtifacts() public {
        expect(abi.encodeWithSelector(IBountyRegistry.BountyArtifactCountOutOfRange.selector, 0, 256));
        registry.postBounty(GUID, 0, 2 * NCT, URI, 0, 1, bloom, "");
        expect(abi.encodeWithSelector(IBountyRegistry.BountyArtifactCountOutOfRange.selector, 257, 256));
        registry.postBounty(GUID, 0, 514 * NCT, URI, 257, 1, bloom, "");
        expect(abi.encodeWithSelector(IBountyRegistry.BountyArtifactCountOutOfRange.selector, type(uint256).max, 256));
        registry.postBounty(GUID, 0, 514 * NCT, URI, type(uint256).max, 1, bloom, "");
    }

    function test_post_refusesAmountsBelowTwoNectarForEachArtifact() public {
        expect(amountOutOfRange(6 * NCT - 1, 6 * NCT));
        registry.postBounty(GUID, 0, 6 * NCT - 1, URI, 3, 1, bloom, "");
    }

    function test_post_refusesAmountsThatDoNotFit() public {
        expect(amountOutOfRange(2 ** 96, 2 * NCT));
        registry.postBounty(GUID, 0, 2 ** 96, URI, 1, 1, bloom, "");
    }

    function test_post_refusesAmountsThatDoNotFitWithTheFee() public {
        uint256 greatest = type(uint96).max;
        expect(abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 96, greatest + BOUNTY_FEE));
        registry.postBounty(GUID, 0, greatest, URI, 1, 1, bloom, "");
    }

    function test_post_refusesWrongDurations() public {
        expect(abi.encodeWithSelector(IBountyRegistry.BountyDurationOutOfRange.selector, 0, 100));
        registry.postBounty(GUID, 0, 2 * NCT, URI, 1, 0, bloom, "");
        expect(abi.encodeWithSelector(IBountyRegistry.BountyDurationOutOfRange.selector, 101, 100));
        registry.postBounty(GUID, 0, 2 * NCT, URI, 1, 101, bloom, "");
    }

    function test_post_refusesWrongLengths() public {
        expect(abi.encodeWithSelector(IBountyRegistry.BountyURILengthOutOfRange.selector, 0, 100));
        registry.postBounty(GUID, 0, 2 * NCT, "", 1, 1, bloom, "");
        string memory long = text(101);
        expect(abi.encodeWithSelector(IBountyRegistry.BountyURILengthOutOfRange.selector, 101, 100));
        registry.postBounty(GUID, 0, 2 * NCT, long, 1, 1, bloom, "");
        expect(abi.encodeWithSelector(IBountyRegistry.MetadataTooLong.selector, 101, 100));
        registry.postBounty(GUID, 0, 2 * NCT, URI, 1, 1, bloom, long);
    }

    function test_post_refusesIfAmountAndFeeAreNotApproved() public {
        vm.prank(ambassador);
        token.approve(address(registry), 2 * NCT);
        expect(
            abi.encodeWithSelector(
                IERC20Errors.ERC20InsufficientAllowance.selector, address(registry), 2 * NCT, 2 * NCT + BOUNTY_FEE
            )
        );
        registry.postBounty(GUID, 0, 2 * NCT, URI, 1, 1, bloom, "");
    }

    function test_post_isStoppedByAPause() public {
        registry.pause();
        expect(abi.encodeWithSelector(Pausable.EnforcedPause.selector));
        registry.postBounty(GUID, 0, 2 * NCT, URI, 1, 1, bloom, "");
        registry.unpause();
        post(2 * NCT, 1);
    }

    function test_post_isStoppedByDeprecation() public {
        registry.deprecate(false);
        expect(abi.encodeWithSelector(IMarketGovernance.RegistryDeprecated.selector, block.number));
        registry.postBounty(GUID, 0, 2 * NCT, URI, 1, 1, bloom, "");
        registry.undeprecate();
        post(2 * NCT, 1);
    }

    function test_post_isRefusedWhereThereIsNoArbiter() public {
        for (uint256 i = 0; i < 4; ++i) {
            registry.removeArbiter(arbiters[i], 0);
        }
        expect(abi.encodeWithSelector(IBountyRegistry.BountyWithoutArbiters.selector));
        registry.postBounty(GUID, 0, 2 * NCT, URI, 1, 1, bloom, "");
        registry.addArbiter(arbiters[0], 0);
        post(2 * NCT, 1);
        vm.assertEq(registry.getBounty(GUID).arbiterCount, 1);
    }

    function test_fuzz_guidsArePagedInOrder(uint8 bounties) public {
        uint256 count = bound(bounties, 0, 80);
        for (uint128 i = 0; i < count; ++i) {
            post(1000 + i, 2 * NCT, 1);
        }
        vm.assertEq(registry.getNumberOfBounties(), count);
        uint256 seen;
        for (uint256 page = 0; page <= 4; ++page) {
            uint128[] memory guids = registry.getBountyGuids(page);
            vm.assertLe(guids.length, 25, "page size");
            for (uint256 i = 0; i < guids.length; ++i) {
                vm.assertEq(guids[i], 1000 + seen++);
            }
        }
        vm.assertEq(seen, count);
        vm.assertEq(registry.getBountyGuids(type(uint256).max).length, 0);
    }

    function test_views_refuseUnknownBounties() public {
        bytes memory unknown = abi.encodeWithSelector(IBountyRegistry.BountyUnknown.selector, GUID);
        vm.expectRevert(unknown);
        registry.getBounty(GUID);
        vm.expectRevert(unknown);
        registry.getCurrentRound(GUID);
        vm.expectRevert(unknown);
        registry.getNumberOfAssertions(GUID);
        vm.expectRevert(unknown);
        registry.getNumberOfVotes(GUID);
        vm.expectRevert(unknown);
        registry.getOutcome(GUID);
        vm.expectRevert(unknown);
        registry.getBidSums(GUID, 0);
    }

    function test_constants_areThoseOfTheOriginal() public view {
        vm.assertEq(registry.VERSION(), "1.6.3");
        vm.assertEq(registry.PAGE_SIZE(), 25);
        vm.assertEq(registry.BOUNTY_AMOUNT_MINIMUM(), 2 * NCT);
        vm.assertEq(registry.ASSERTION_BID_ARTIFACT_MINIMUM(), 62_500_000_000_000_000);
        vm.assertEq(registry.ASSERTION_BID_ARTIFACT_MAXIMUM(), 1 ether);
        vm.assertEq(registry.DEFAULT_BOUNTY_FEE(), 62_500_000_000_000_000);
        vm.assertEq(registry.DEFAULT_ASSERTION_FEE(), 31_250_000_000_000_000);
        vm.assertEq(registry.ARBITER_LOOKBACK_RANGE(), 100);
        vm.assertEq(registry.MAX_DURATION(), 100);
        vm.assertEq(registry.staking(), address(staking));
    }

    function expect(bytes memory revertData) internal {
        vm.expectRevert(revertData);
        vm.prank(ambassador);
    }

    function amountOutOfRange(uint256 amount, uint256 minimum) internal pure returns (bytes memory) {
        return
            abi.encodeWithSelector(IBountyRegistry.BountyAmountOutOfRange.selector, amount, minimum, type(uint96).max);
    }
}
