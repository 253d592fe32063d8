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

    /// @dev The other engine has revealed; the thief looks for a nonce that opens its own commitment to the same
    /// verdicts.
    function test_oldRule_aSealIsOpenedToWhatOthersRevealed() public view {
        uint256 wanted = 0xa5;
        (uint256 nonce, uint256 verdicts, uint256 tries) = search(0xff, wanted);
        vm.assertEq(Commitment.seal(verdicts, nonce, engines[1]), Commitment.seal(0, NONCE, engines[1]));
        vm.assertEq(verdicts & 0xff, wanted);
        vm.assertLt(tries, 4096, "2^8 tries are to be expected");
    }

    function test_aSealIsNotOpenedToWhatOthersRevealed() public {
        uint256 wanted = 0xa5;
        post(16 * NCT, 8);
        bid(engines[0], NCT, 0xff, wanted);
        bidAsOriginal(engines[1], NCT, 0xff, 0);
        bid(engines[2], NCT, 0xff, 0);
        toReveal();
        reveal(engines[0], 0, wanted);
        (uint256 nonce, uint256 verdicts,) = search(0xff, wanted);
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.AssertionVerdictsOutsideMask.selector, verdicts, 0xff));
        vm.prank(engines[1]);
        registry.revealAssertion(GUID, 1, nonce, verdicts, "");
        (nonce, verdicts,) = search(0xff, wanted);
        vm.expectPartialRevert(IBountyRegistry.AssertionCommitmentMismatch.selector);
        vm.prank(engines[2]);
        registry.revealAssertion(GUID, 2, nonce, verdicts, "");
        toVote();
        voteAll(wanted);
        toEnd();
        vm.assertEq(settle(engines[1]), 0);
        vm.assertEq(settle(engines[2]), 0);
        vm.assertEq(settle(engines[0]), (16 + 3 * 8) * NCT);
    }

    /// @dev On 256 artifacts every nonce opens the original's form to something: the form is not accepted there.
    function test_oldRule_on256ArtifactsEveryNonceOpensASeal() public {
        uint256 commitment = Commitment.seal(0, NONCE, engines[0]);
        for (uint256 nonce = 1; nonce < 100; ++nonce) {
            uint256 verdicts = opening(nonce);
            vm.assertEq(Commitment.seal(verdicts, nonce, engines[0]), commitment);
        }
        post(512 * NCT, 256);
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.AssertionCommitmentNotBinding.selector, 256, 64));
        bidAsOriginal(engines[0], NCT, type(uint256).max, 0);
    }

    function test_fuzz_aSealOpensToNothingElse(uint256 nonce, uint256 verdicts, string calldata metadata) public {
        vm.assume(nonce != 0 && bytes(metadata).length <= 1024);
        verdicts &= 0xff;
        vm.assume(nonce != NONCE || verdicts != 1 || bytes(metadata).length != 0);
        post(16 * NCT, 8);
        bid(engines[0], NCT, 0xff, 1);
        toReveal();
        vm.expectPartialRevert(IBountyRegistry.AssertionCommitmentMismatch.selector);
        vm.prank(engines[0]);
        registry.revealAssertion(GUID, 0, nonce, verdicts, metadata);
    }

    function test_oldRule_aNameIsCopiedFromAnEarlierReveal() public {
        post(2 * NCT, 1);
        bidAsOriginal(engines[0], NCT, 1, 1);
        toReveal();
        vm.prank(engines[0]);
        registry.revealAssertion(GUID, 0, NONCE, 1, "a name that another gave"); // in this form still
    }

    function test_metadata_isSealedWithTheVerdicts() public {
        post(2 * NCT, 1);
        vm.prank(engines[0]);
        registry.postSealedAssertion(
            GUID, repeated(NCT, 1), 1, Commitment.bind(GUID, engines[0], 1, "my own name for it", NONCE)
        );
        toReveal();
        vm.expectPartialRevert(IBountyRegistry.AssertionCommitmentMismatch.selector);
        vm.prank(engines[0]);
        registry.revealAssertion(GUID, 0, NONCE, 1, "a name that another gave");
        vm.expectPartialRevert(IBountyRegistry.AssertionCommitmentMismatch.selector);
        vm.prank(engines[0]);
        registry.revealAssertion(GUID, 0, NONCE, 1, "");
        vm.prank(engines[0]);
        registry.revealAssertion(GUID, 0, NONCE, 1, "my own name for it");
    }

    function test_copyingACommitment_isOfNoUse() public {
        post(2 * NCT, 1);
        bid(engines[0], NCT, 1, 1);
        uint256 copied = Commitment.bind(GUID, engines[0], 1, "", NONCE);
        vm.prank(engines[1]);
        registry.postSealedAssertion(GUID, repeated(NCT, 1), 1, copied);
        toReveal();
        reveal(engines[0], 0, 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IBountyRegistry.AssertionCommitmentMismatch.selector,
                copied,
                Commitment.bind(GUID, engines[1], 1, "", NONCE)
            )
        );
        reveal(engines[1], 1, 1);
        toVote();
        voteAll(1);
        vm.assertEq(settle(engines[0]), 4 * NCT);
        vm.assertEq(settle(engines[1]), 0);
    }

    /// @dev A commitment of one bounty opens nothing on another, also for the account that made it.
    function test_aCommitmentOfAnotherBounty_isOfNoUse() public {
        post(2 * NCT, 1);
        post(GUID + 1, 2 * NCT, 1);
        uint256 elsewhere = Commitment.bind(GUID + 1, engines[0], 1, "", NONCE);
        vm.prank(engines[0]);
        registry.postSealedAssertion(GUID, repeated(NCT, 1), 1, elsewhere);
        toReveal();
        vm.expectPartialRevert(IBountyRegistry.AssertionCommitmentMismatch.selector);
        reveal(engines[0], 0, 1);
    }

    function test_revealingForeignBits_isRefused() public {
        post(6 * NCT, 3);
        bid(engines[0], NCT, 1, type(uint256).max); // asserts on artifact 0, commits to all 256
        bidAsOriginal(engines[1], NCT, 1, 3);
        toReveal();
        vm.expectRevert(
            abi.encodeWithSelector(IBountyRegistry.AssertionVerdictsOutsideMask.selector, type(uint256).max, 1)
        );
        reveal(engines[0], 0, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.AssertionVerdictsOutsideMask.selector, 3, 1));
        reveal(engines[1], 1, 3);
        (uint256 total, uint256 malicious, uint256 benign) = registry.getBidSums(GUID, 0);
        vm.assertEq(total, 2 * NCT);
        vm.assertEq(malicious + benign, 0);
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

    /// @dev What has to be revealed with a nonce to open a commitment of the original's form, made
    /// with `NONCE` to no verdicts.
    function opening(uint256 nonce) internal pure returns (uint256 verdicts) {
        return uint256(keccak256(abi.encode(NONCE))) ^ uint256(keccak256(abi.encode(nonce)));
    }

    /// @dev Looks for a nonce whose opening has the wanted verdicts on the artifacts of the mask.
    function search(uint256 mask, uint256 wanted)
        internal
        pure
        returns (uint256 nonce, uint256 verdicts, uint256 tries)
    {
        for (nonce = 1;; ++nonce) {
            verdicts = opening(nonce);
            if (verdicts & mask == wanted) return (nonce, verdicts, nonce);
        }
    }
}
