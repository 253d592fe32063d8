// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketTest} from "../base/MarketTest.sol";
import {OldRules} from "./OldRules.sol";
import {IBountyRegistry} from "src/interfaces/IBountyRegistry.sol";
import {Commitment} from "src/libraries/Commitment.sol";

/// @title Getting more out of a commitment than its verdicts
contract CommitmentsTest is MarketTest {
    function test_oldRule_aCommitmentWithoutAccountIsGoodForWhoeverCopiesIt() public pure {
        uint256 copied = OldRules.seal(1, NONCE);
        vm.assertEq(OldRules.seal(1, NONCE), copied); // the copier reveals what the victim has revealed
    }

    function test_copyingACommitment_isOfNoUse() public {
        post(2 * NCT, 1);
        bid(engines[0], NCT, 1, 1);
        uint256 copied = Commitment.seal(1, NONCE, engines[0]);
        vm.prank(engines[1]);
        registry.postAssertion(GUID, repeated(NCT, 1), 1, copied);
        toReveal();
        reveal(engines[0], 0, 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IBountyRegistry.AssertionCommitmentMismatch.selector, copied, Commitment.seal(1, NONCE, engines[1])
            )
        );
        reveal(engines[1], 1, 1);
        toVote();
        voteAll(1);
        vm.assertEq(settle(engines[0]), 4 * NCT);
        vm.assertEq(settle(engines[1]), 0);
    }

    function test_revealingForeignBits_changesNothing() public {
        post(6 * NCT, 3);
        bid(engines[0], NCT, 1, type(uint256).max); // asserts on artifact 0, "reveals" on all 256
        bid(engines[1], NCT, 2, 2);
        toReveal();
        reveal(engines[0], 0, type(uint256).max);
        reveal(engines[1], 1, 2);
        (uint256 total, uint256 malicious, uint256 benign) = registry.getBidSums(GUID, 1);
        vm.assertEq(total, NCT);
        vm.assertEq(malicious, NCT);
        vm.assertEq(benign, 0);
        toVote();
        voteAll(7);
        vm.assertEq(settle(engines[0]), 3 * NCT); // bid and share of artifact 0
        vm.assertEq(settle(engines[1]), 3 * NCT); // bid and share of artifact 1
        vm.assertEq(settle(ambassador), 2 * NCT); // share of artifact 2, on which nobody asserted
    }

    function test_absurdLengths_areRefused() public {
        uint256[8] memory bloom;
        string memory absurd = text(100_000);
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.BountyURILengthOutOfRange.selector, 100_000, 100));
        vm.prank(ambassador);
        registry.postBounty(GUID, 0, 2 * NCT, absurd, 1, DURATION, bloom, "");
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.MetadataTooLong.selector, 100_000, 100));
        vm.prank(ambassador);
        registry.postBounty(GUID, 0, 2 * NCT, URI, 1, DURATION, bloom, absurd);
        post(2 * NCT, 1);
        bid(engines[0], NCT, 1, 1);
        toReveal();
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.MetadataTooLong.selector, 100_000, 1024));
        vm.prank(engines[0]);
        registry.revealAssertion(GUID, 0, NONCE, 1, absurd);
    }
}
