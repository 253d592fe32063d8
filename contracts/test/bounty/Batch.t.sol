// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BatchedTest} from "../base/BatchedTest.sol";
import {IBountyRegistry} from "src/interfaces/IBountyRegistry.sol";
import {Commitment} from "src/libraries/Commitment.sol";

/// @dev One account that is author, engine and arbiter.
contract BatchTest is BatchedTest {
    uint128 private constant SECOND = GUID + 1;
    uint128 private constant THIRD = GUID + 2;

    address private _one;

    function setUp() public override {
        super.setUp();
        _one = arbiters[0];
    }

    function test_batch_doesEveryStepOfABounty() public {
        bytes[] memory calls = new bytes[](4);
        calls[0] = posting(GUID, 1);
        calls[1] = posting(SECOND, 1);
        calls[2] = asserting(_one, GUID, 1);
        calls[3] = assertingAsOriginal(_one, SECOND, 0);
        assertAllDone(batchAsAlone(_one, calls));
        vm.assertEq(registry.getBounty(SECOND).author, _one);
        vm.assertTrue(registry.hasOpenAssertion(SECOND, _one));
        vm.assertEq(registry.getBounty(GUID).escrow, 3 * NCT + BOUNTY_FEE + ASSERTION_FEE);

        toReveal();
        assertAllDone(batchAsAlone(_one, calls2(revealing(GUID, 0, 1), revealing(SECOND, 0, 0))));
        toVote();
        assertAllDone(batchAsAlone(_one, calls2(voting(GUID, 1), voting(SECOND, 0))));
        vm.assertTrue(registry.hasOpenVote(SECOND, _one));
        for (uint256 i = 1; i < 4; ++i) {
            assertAllDone(batchAsAlone(arbiters[i], calls2(voting(GUID, 1), voting(SECOND, 0))));
        }
        vm.assertEq(registry.getCurrentRound(GUID), 3);
        toEnd();
        uint256 before = token.balanceOf(_one);
        assertAllDone(batchAsAlone(_one, calls2(settling(GUID), settling(SECOND))));
        vm.assertEq(token.balanceOf(_one) - before, 2 * (3 * NCT + (BOUNTY_FEE + ASSERTION_FEE) / 4));
    }

    function test_batch_saysWhatSingleCallsSay() public {
        vm.expectEmit(address(registry));
        emit IBountyRegistry.NewBounty(GUID, 0, _one, 2 * NCT, URI, block.number + DURATION, "");
        vm.expectEmit(address(registry));
        emit IBountyRegistry.NewAssertion(
            GUID, _one, 0, repeated(NCT, 1), 1, 1, Commitment.bind(GUID, _one, 1, "", NONCE)
        );
        vm.prank(_one);
        registry.batch(calls2(posting(GUID, 1), asserting(_one, GUID, 1)));
    }

    /// @dev Bounties in all rounds at once.
    function test_batch_mixesWhatIsDue() public {
        post(GUID, 2 * NCT, 1);
        bid(_one, NCT, 1, 1);
        toReveal();
        reveal(_one, 0, 1);
        toVote();
        post(SECOND, 2 * NCT, 1);
        vm.prank(_one);
        registry.batch(calls2(asserting(_one, SECOND, 1), ""));
        vm.roll(registry.getBounty(SECOND).expirationBlock);
        post(THIRD, 2 * NCT, 1);
        bytes[] memory calls = new bytes[](6);
        calls[0] = voting(GUID, 1);
        calls[1] = revealing(SECOND, 0, 1);
        calls[2] = settling(GUID); // no quorum yet
        calls[3] = asserting(_one, THIRD, 1);
        calls[4] = posting(THIRD + 1, 3);
        calls[5] = asserting(_one, THIRD + 1, 1);
        bool[] memory done = batchAsAlone(_one, calls);
        vm.assertTrue(done[0] && done[1] && !done[2] && done[3] && done[4] && done[5]);
    }

    function test_batch_oneThatFailsCostsOnlyItself() public {
        post(GUID, 2 * NCT, 1);
        post(SECOND, 2 * NCT, 1);
        address engine = engines[0];
        vm.prank(engine);
        token.approve(address(registry), 2 * (NCT + ASSERTION_FEE)); // for two of the three
        bytes[] memory calls = new bytes[](5);
        calls[0] = asserting(engine, GUID, 1);
        calls[1] = asserting(engine, GUID, 0); // has asserted already
        calls[2] = asserting(engine, THIRD, 1); // there is none
        calls[3] = asserting(engine, SECOND, 1);
        calls[4] = posting(THIRD, 1); // is not paid for: all of it but the last step was done
        uint256 before = token.balanceOf(engine);
        bool[] memory done = batchAsAlone(engine, calls);
        vm.assertTrue(done[0] && !done[1] && !done[2] && done[3] && !done[4]);
        vm.assertEq(before - token.balanceOf(engine), 2 * (NCT + ASSERTION_FEE));
        vm.assertEq(token.balanceOf(address(registry)), 2 * (3 * NCT + BOUNTY_FEE + ASSERTION_FEE));
        vm.assertEq(registry.getNumberOfBounties(), 2);
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.BountyUnknown.selector, THIRD));
        registry.getBounty(THIRD);
    }

    function test_batch_refusesToDoNothing() public {
        vm.expectRevert(IBountyRegistry.BatchNothingDone.selector);
        registry.batch(new bytes[](0));
        vm.expectRevert(IBountyRegistry.BatchNothingDone.selector);
        registry.batch(calls2(settling(GUID), ""));
    }

    function test_batch_ofBatches() public {
        bytes memory inner = abi.encodeCall(registry.batch, (calls2(posting(GUID, 1), posting(GUID, 1))));
        bytes memory empty = abi.encodeCall(registry.batch, (new bytes[](0)));
        bytes[] memory calls = new bytes[](3);
        calls[0] = inner;
        calls[1] = empty;
        calls[2] = abi.encodeCall(registry.batch, (calls2(empty, asserting(_one, GUID, 1))));
        bool[] memory done = batchAsAlone(_one, calls);
        vm.assertTrue(done[0] && !done[1] && done[2]);
        vm.assertEq(registry.getBounty(GUID).author, _one);
        vm.assertTrue(registry.hasOpenAssertion(GUID, _one));
    }

    /// @dev What changes nothing counts as done.
    function test_batch_ofQuestions() public {
        vm.assertTrue(registry.batch(calls2(abi.encodeCall(registry.VERSION, ()), ""))[0]);
    }

    /// @dev Random calls on bounties in every round, by an account whose money may not reach.
    function test_fuzz_batch_isItsCallsOneAfterTheOther(uint256 seed) public {
        post(GUID, 2 * NCT, 1);
        bid(_one, NCT, 1, 1);
        bid(engines[0], NCT, 1, 0);
        toReveal();
        reveal(_one, 0, 1);
        reveal(engines[0], 1, 0);
        toVote();
        for (uint256 i = 1; i < 4; ++i) {
            vote(arbiters[i], 1);
        }
        post(SECOND, 2 * NCT, 1);
        vm.prank(_one);
        registry.postSealedAssertion(SECOND, repeated(NCT, 1), 1, Commitment.bind(SECOND, _one, 1, "", NONCE));
        vm.roll(registry.getBounty(SECOND).expirationBlock);
        post(THIRD, 2 * NCT, 1);
        if (seed % 8 == 0) vm.roll(voteEnd());
        if (seed % 8 == 1) registry.pause();
        vm.prank(_one);
        token.approve(address(registry), (seed >> 8) % (12 * NCT));
        bytes[] memory calls = new bytes[](1 + (seed >> 80) % 12);
        for (uint256 i = 0; i < calls.length; ++i) {
            calls[i] = anything(uint256(keccak256(abi.encode(seed, i))), 2);
        }
        batchAsAlone(_one, calls);
        uint256 escrows;
        for (uint128 i = 0; i < registry.getNumberOfBounties(); ++i) {
            escrows += registry.getBounty(registry.getBountyGuids(0)[i]).escrow;
        }
        vm.assertEq(token.balanceOf(address(registry)), escrows);
    }

    /// @dev A call that may be right, too late, too early, another's, or nonsense.
    function anything(uint256 seed, uint256 depth) private view returns (bytes memory made) {
        uint128 guid = GUID + uint128((seed >> 8) % 5);
        uint256 bits = (seed >> 16) % 2;
        uint256 kind = seed % 13;
        if (kind == 0) return posting(guid, 1 + (seed >> 24) % 3);
        if (kind == 1) return asserting(_one, guid, bits);
        if (kind == 2) return assertingAsOriginal(_one, guid, bits);
        if (kind == 3) return revealing(guid, (seed >> 24) % 2, bits);
        if (kind == 4) return abi.encodeCall(registry.revealFor, (guid, _one, NONCE, bits, ""));
        if (kind == 5) return voting(guid, bits);
        if (kind == 6) return settling(guid);
        if (kind == 7) return abi.encodeCall(registry.settleFor, (guid, engines[0]));
        if (kind == 8) return abi.encodeCall(registry.getBounty, (guid));
        if (kind == 9) return abi.encodeCall(registry.pause, ());
        if (kind == 10) return abi.encodePacked(seed);
        if (kind == 11) {
            // the beginning of a call
            made = posting(guid, 1);
            uint256 length = (seed >> 24) % made.length;
            assembly ("memory-safe") {
                mstore(made, length)
            }
            return made;
        }
        if (depth == 0) return "";
        bytes[] memory calls = new bytes[]((seed >> 24) % 4);
        for (uint256 i = 0; i < calls.length; ++i) {
            calls[i] = anything(uint256(keccak256(abi.encode(seed, i))), depth - 1);
        }
        return abi.encodeCall(registry.batch, (calls));
    }
}
