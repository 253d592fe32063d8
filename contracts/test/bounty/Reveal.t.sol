// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketTest} from "../base/MarketTest.sol";
import {IBountyRegistry} from "src/interfaces/IBountyRegistry.sol";
import {Commitment} from "src/libraries/Commitment.sol";
import {ArtifactMask, ArtifactMasks} from "src/types/ArtifactMask.sol";

contract RevealTest is MarketTest {
    function setUp() public override {
        super.setUp();
        post(6 * NCT, 3);
        bid(engines[0], list(NCT, NCT / 2), 5, 4);
        bid(engines[1], NCT, 7, 0);
        toReveal();
    }

    function test_reveal_sortsBidsByVerdict() public {
        reveal(engines[0], 0, 4);
        assertSums(0, 2 * NCT, 0, NCT);
        assertSums(1, NCT, 0, 0);
        assertSums(2, NCT + NCT / 2, NCT / 2, 0);
        reveal(engines[1], 1, 0);
        assertSums(0, 2 * NCT, 0, 2 * NCT);
        assertSums(1, NCT, 0, NCT);
        assertSums(2, NCT + NCT / 2, NCT / 2, NCT);
    }

    function test_reveal_emitsWhatWasGiven() public {
        vm.expectEmit(address(registry));
        emit IBountyRegistry.RevealedAssertion(GUID, engines[0], 0, NONCE, 4, 3, "");
        reveal(engines[0], 0, 4);
    }

    function test_reveal_ofAnOriginalCommitmentTakesAnyMetadata() public {
        vm.roll(1000);
        bidAsOriginal(engines[2], NCT, 1, 1);
        toReveal();
        vm.expectEmit(address(registry));
        emit IBountyRegistry.RevealedAssertion(GUID, engines[2], 2, NONCE, 1, 3, "family");
        vm.prank(engines[2]);
        registry.revealAssertion(GUID, 2, NONCE, 1, "family");
        assertSums(0, 3 * NCT, NCT, 0);
    }

    function test_reveal_opensACommitmentInItsOwnFormOnly() public {
        vm.roll(1000);
        vm.prank(engines[2]);
        registry.postAssertion(GUID, repeated(NCT, 1), 1, Commitment.bind(GUID, engines[2], 1, "", NONCE));
        vm.prank(engines[3]);
        registry.postSealedAssertion(GUID, repeated(NCT, 1), 1, Commitment.seal(1, NONCE, engines[3]));
        toReveal();
        vm.expectPartialRevert(IBountyRegistry.AssertionCommitmentMismatch.selector);
        reveal(engines[2], 2, 1);
        vm.expectPartialRevert(IBountyRegistry.AssertionCommitmentMismatch.selector);
        reveal(engines[3], 3, 1);
    }

    function test_reveal_firstAndLastBlock() public {
        uint256 expiration = registry.getBounty(GUID).expirationBlock;
        vm.roll(expiration - 1);
        refuse(abi.encodeWithSelector(IBountyRegistry.BountyWrongRound.selector, GUID, 0), 0, NONCE, 4);
        vm.roll(expiration);
        reveal(engines[0], 0, 4);
        vm.roll(expiration + REVEAL_WINDOW - 1);
        reveal(engines[1], 1, 0);
        vm.roll(expiration + REVEAL_WINDOW);
        refuse(abi.encodeWithSelector(IBountyRegistry.BountyWrongRound.selector, GUID, 2), 0, NONCE, 4);
        toEnd();
        refuse(abi.encodeWithSelector(IBountyRegistry.BountyWrongRound.selector, GUID, 4), 0, NONCE, 4);
    }

    function test_reveal_refusesUnknownAssertions() public {
        refuse(abi.encodeWithSelector(IBountyRegistry.AssertionUnknown.selector, GUID, engines[0], 1), 1, NONCE, 4);
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.AssertionUnknown.selector, GUID, engines[2], 0));
        vm.prank(engines[2]);
        registry.revealAssertion(GUID, 0, NONCE, 4, "");
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.BountyUnknown.selector, 7));
        registry.revealAssertion(7, 0, NONCE, 4, "");
    }

    function test_reveal_refusesASecondReveal() public {
        reveal(engines[0], 0, 4);
        refuse(abi.encodeWithSelector(IBountyRegistry.AssertionAlreadyRevealed.selector, GUID, engines[0]), 0, NONCE, 4);
    }

    function test_reveal_refusesTheNonceZero() public {
        refuse(abi.encodeWithSelector(IBountyRegistry.AssertionNonceZero.selector), 0, 0, 4);
    }

    function test_reveal_refusesWhatWasNotCommittedTo() public {
        refuse(mismatch(5, NONCE), 0, NONCE, 5);
        refuse(mismatch(4, NONCE + 1), 0, NONCE + 1, 4);
    }

    function test_reveal_refusesLongMetadata() public {
        vm.roll(1000);
        string memory longest = text(1024);
        string memory tooLong = text(1025);
        vm.prank(engines[2]);
        registry.postSealedAssertion(GUID, repeated(NCT, 1), 1, Commitment.bind(GUID, engines[2], 1, longest, NONCE));
        toReveal();
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.MetadataTooLong.selector, 1025, 1024));
        vm.prank(engines[2]);
        registry.revealAssertion(GUID, 2, NONCE, 1, tooLong);
        vm.prank(engines[2]);
        registry.revealAssertion(GUID, 2, NONCE, 1, longest);
    }

    function test_reveal_isNeverPaused() public {
        registry.pause();
        registry.deprecate(false);
        reveal(engines[0], 0, 4);
    }

    function test_fuzz_reveal_sums(uint256 seed, uint256 mask, uint256 verdicts) public {
        uint256 numArtifacts = bound(seed, 1, 256);
        mask &= ArtifactMask.unwrap(ArtifactMasks.all(numArtifacts));
        if (mask == 0) mask = 1;
        verdicts &= mask;
        uint128 guid = GUID + 1;
        post(guid, 2 * NCT * numArtifacts, numArtifacts);
        vm.prank(engines[0]);
        registry.postSealedAssertion(
            guid,
            repeated(NCT, ArtifactMask.wrap(mask).count()),
            mask,
            Commitment.bind(guid, engines[0], verdicts, "", NONCE)
        );
        vm.roll(block.number + DURATION);
        vm.prank(engines[0]);
        registry.revealAssertion(guid, 0, NONCE, verdicts, "");
        for (uint256 i = 0; i < numArtifacts; ++i) {
            (uint256 total, uint256 malicious, uint256 benign) = registry.getBidSums(guid, i);
            bool masked = ArtifactMask.wrap(mask).contains(i);
            bool found = ArtifactMask.wrap(verdicts).contains(i);
            vm.assertEq(total, masked ? NCT : 0);
            vm.assertEq(malicious, masked && found ? NCT : 0);
            vm.assertEq(benign, masked && !found ? NCT : 0);
        }
    }

    function refuse(bytes memory revertData, uint256 index, uint256 nonce, uint256 verdicts) internal {
        vm.expectRevert(revertData);
        vm.prank(engines[0]);
        registry.revealAssertion(GUID, index, nonce, verdicts, "");
    }

    function mismatch(uint256 verdicts, uint256 nonce) internal view returns (bytes memory) {
        return abi.encodeWithSelector(
            IBountyRegistry.AssertionCommitmentMismatch.selector,
            Commitment.bind(GUID, engines[0], 4, "", NONCE),
            Commitment.bind(GUID, engines[0], verdicts, "", nonce)
        );
    }

    function assertSums(uint256 artifact, uint256 total, uint256 malicious, uint256 benign) internal view {
        (uint256 a, uint256 b, uint256 c) = registry.getBidSums(GUID, artifact);
        vm.assertEq(a, total);
        vm.assertEq(b, malicious);
        vm.assertEq(c, benign);
    }
}
