// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketTest} from "../base/MarketTest.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {IBountyRegistry} from "src/interfaces/IBountyRegistry.sol";
import {ArtifactMask, ArtifactMasks} from "src/types/ArtifactMask.sol";
import {Bounty} from "src/types/BountyRecord.sol";

contract AssertTest is MarketTest {
    function setUp() public override {
        super.setUp();
        post(10 * NCT, 5);
    }

    function test_assert_takesBidsAndFeeAndCountsThem() public {
        uint256 before = token.balanceOf(engines[0]);
        bid(engines[0], list(MINIMUM_BID, NCT), 5, 0);
        vm.assertEq(before - token.balanceOf(engines[0]), MINIMUM_BID + NCT + ASSERTION_FEE);
        vm.assertTrue(registry.hasOpenAssertion(GUID, engines[0]));
        vm.assertFalse(registry.hasOpenAssertion(GUID, engines[1]));

        Bounty memory bounty = registry.getBounty(GUID);
        vm.assertEq(bounty.escrow, 10 * NCT + BOUNTY_FEE + MINIMUM_BID + NCT + ASSERTION_FEE);
        vm.assertEq(bounty.assertionCount, 1);
        vm.assertEq(bounty.openClaims, 2);
        vm.assertEq(registry.getNumberOfAssertions(GUID), 1);
        assertSums(0, MINIMUM_BID);
        assertSums(1, 0);
        assertSums(2, NCT);
    }

    function test_assert_emitsAndNumbersAssertions() public {
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectEmit(address(registry));
            emit IBountyRegistry.NewAssertion(GUID, engines[i], i, list(NCT, NCT), 6, 5, 77);
            vm.prank(engines[i]);
            registry.postAssertion(GUID, list(NCT, NCT), 6, 77);
        }
    }

    function test_assert_isPossibleForTheAuthorAndForArbiters() public {
        bid(ambassador, NCT, 1, 0);
        bid(arbiters[0], NCT, 1, 0);
        vm.assertEq(registry.getNumberOfAssertions(GUID), 2);
    }

    function test_assert_lastBlockAndFirstOfTheNextRound() public {
        uint256 expiration = registry.getBounty(GUID).expirationBlock;
        vm.roll(expiration - 1);
        bid(engines[0], NCT, 1, 0);
        vm.roll(expiration);
        refuse(abi.encodeWithSelector(IBountyRegistry.BountyWrongRound.selector, GUID, 1), NCT, 1);
        toVote();
        refuse(abi.encodeWithSelector(IBountyRegistry.BountyWrongRound.selector, GUID, 2), NCT, 1);
        toEnd();
        refuse(abi.encodeWithSelector(IBountyRegistry.BountyWrongRound.selector, GUID, 4), NCT, 1);
    }

    function test_assert_refusesUnknownBounties() public {
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.BountyUnknown.selector, 7));
        registry.postAssertion(7, repeated(NCT, 1), 1, 1);
    }

    function test_assert_refusesASecondAssertion() public {
        bid(engines[1], NCT, 1, 0);
        refuse(abi.encodeWithSelector(IBountyRegistry.AssertionAlreadyPosted.selector, GUID, engines[1]), NCT, 2);
    }

    function test_assert_refusesTheCommitmentZero() public {
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.AssertionCommitmentZero.selector));
        vm.prank(engines[0]);
        registry.postAssertion(GUID, repeated(NCT, 1), 1, 0);
    }

    function test_assert_refusesMasksThatAreEmptyOrTooWide() public {
        refuse(abi.encodeWithSelector(IBountyRegistry.AssertionMaskInvalid.selector, 0, 5), NCT, 0);
        refuse(abi.encodeWithSelector(IBountyRegistry.AssertionMaskInvalid.selector, 32, 5), NCT, 32);
        refuse(
            abi.encodeWithSelector(IBountyRegistry.AssertionMaskInvalid.selector, type(uint256).max, 5),
            NCT,
            type(uint256).max
        );
    }

    function test_assert_refusesBidsThatAreNotOneForEachArtifact() public {
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.AssertionBidCountMismatch.selector, 2, 3));
        vm.prank(engines[0]);
        registry.postAssertion(GUID, list(NCT, NCT), 7, 1);
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.AssertionBidCountMismatch.selector, 2, 1));
        vm.prank(engines[0]);
        registry.postAssertion(GUID, list(NCT, NCT), 16, 1);
    }

    function test_assert_refusesBidsOutOfRange() public {
        vm.expectRevert(bidOutOfRange(1, MINIMUM_BID - 1));
        vm.prank(engines[0]);
        registry.postAssertion(GUID, list(NCT, MINIMUM_BID - 1), 3, 1);
        vm.expectRevert(bidOutOfRange(0, NCT + 1));
        vm.prank(engines[0]);
        registry.postAssertion(GUID, list(NCT + 1, NCT), 3, 1);
    }

    function test_assert_theFormOfTheOriginalIsAcceptedOnUpTo64Artifacts() public {
        post(GUID + 1, 128 * NCT, 64);
        post(GUID + 2, 130 * NCT, 65);
        vm.prank(engines[0]);
        registry.postAssertion(GUID + 1, repeated(NCT, 1), 1, 1);
        uint256 before = token.balanceOf(engines[0]);
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.AssertionCommitmentNotBinding.selector, 65, 64));
        vm.prank(engines[0]);
        registry.postAssertion(GUID + 2, repeated(NCT, 1), 1, 1);
        vm.assertEq(token.balanceOf(engines[0]), before);
        vm.prank(engines[0]);
        registry.postSealedAssertion(GUID + 2, repeated(NCT, 1), 1, 1);
    }

    function test_assert_onceWhateverTheForm() public {
        bidAsOriginal(engines[0], NCT, 1, 1);
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.AssertionAlreadyPosted.selector, GUID, engines[0]));
        vm.prank(engines[0]);
        registry.postSealedAssertion(GUID, repeated(NCT, 1), 1, 1);
    }

    function test_assert_refusesIfBidsAndFeeAreNotApproved() public {
        vm.prank(engines[1]);
        token.approve(address(registry), NCT);
        refuse(
            abi.encodeWithSelector(
                IERC20Errors.ERC20InsufficientAllowance.selector, address(registry), NCT, NCT + ASSERTION_FEE
            ),
            NCT,
            1
        );
    }

    function test_assert_isStoppedByAPauseAndNotByDeprecation() public {
        registry.pause();
        refuse(abi.encodeWithSelector(Pausable.EnforcedPause.selector), NCT, 1);
        registry.unpause();
        registry.deprecate(true);
        bid(engines[0], NCT, 1, 0);
    }

    function test_fuzz_assert_sumsAreThoseOfAllBids(uint256 seed, uint256 maskA, uint256 maskB) public {
        uint256 numArtifacts = bound(seed, 1, 256);
        uint128 guid = GUID + 1;
        post(guid, 2 * NCT * numArtifacts, numArtifacts);
        maskA = nonEmpty(maskA, numArtifacts);
        maskB = nonEmpty(maskB, numArtifacts);
        uint256 each = bound(seed, MINIMUM_BID, NCT);
        vm.prank(engines[0]);
        registry.postSealedAssertion(guid, repeated(each, ArtifactMask.wrap(maskA).count()), maskA, 1);
        vm.prank(engines[1]);
        registry.postSealedAssertion(guid, repeated(NCT, ArtifactMask.wrap(maskB).count()), maskB, 1);
        for (uint256 i = 0; i < numArtifacts; ++i) {
            uint256 expected =
                (ArtifactMask.wrap(maskA).contains(i) ? each : 0) + (ArtifactMask.wrap(maskB).contains(i) ? NCT : 0);
            (uint256 total, uint256 malicious, uint256 benign) = registry.getBidSums(guid, i);
            vm.assertEq(total, expected);
            vm.assertEq(malicious + benign, 0);
        }
        (uint256 beyond,,) = registry.getBidSums(guid, numArtifacts);
        vm.assertEq(beyond, 0);
    }

    function refuse(bytes memory revertData, uint256 each, uint256 mask) internal {
        uint256[] memory bids = repeated(each, ArtifactMask.wrap(mask).count());
        vm.expectRevert(revertData);
        vm.prank(engines[1]);
        registry.postAssertion(GUID, bids, mask, 1);
    }

    function bidOutOfRange(uint256 index, uint256 value) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IBountyRegistry.AssertionBidOutOfRange.selector, index, value, MINIMUM_BID, NCT);
    }

    function nonEmpty(uint256 mask, uint256 numArtifacts) internal pure returns (uint256) {
        mask &= ArtifactMask.unwrap(ArtifactMasks.all(numArtifacts));
        return mask == 0 ? 1 : mask;
    }

    function assertSums(uint256 artifact, uint256 expected) internal view {
        (uint256 total, uint256 malicious, uint256 benign) = registry.getBidSums(GUID, artifact);
        vm.assertEq(total, expected);
        vm.assertEq(malicious, 0);
        vm.assertEq(benign, 0);
    }
}
