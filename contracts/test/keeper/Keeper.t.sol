// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketTest} from "../base/MarketTest.sol";
import {IBountyRegistry} from "src/interfaces/IBountyRegistry.sol";
import {IKeeper} from "src/interfaces/IKeeper.sol";
import {Commitment} from "src/libraries/Commitment.sol";

contract KeeperTest is MarketTest {
    uint256 private constant GAS_EACH = 300_000;

    address private _stranger = account("stranger");

    function setUp() public override {
        super.setUp();
        post(6 * NCT, 3);
        bid(engines[0], list(NCT, NCT / 2), 5, 4);
        bid(engines[1], NCT, 7, 0);
        bidAsOriginal(engines[2], NCT, 1, 1);
        toReveal();
    }

    function test_itKnowsItsRegistry() public view {
        vm.assertEq(keeper.registry(), address(registry));
    }

    // ---- one by one

    function test_revealFor_isTheSameAsAReveal() public {
        uint256 snapshot = vm.snapshotState();
        reveal(engines[0], 0, 4);
        bytes32 own = stateOf(engines[0]);
        vm.revertToState(snapshot);
        vm.expectEmit(address(registry));
        emit IBountyRegistry.RevealedAssertion(GUID, engines[0], 0, NONCE, 4, 3, "");
        revealFor(engines[0], NONCE, 4, "");
        vm.assertEq(stateOf(engines[0]), own);
    }

    function test_revealFor_takesTheBoundFormOnly() public {
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.AssertionNotSealed.selector, GUID, engines[2]));
        revealFor(engines[2], NONCE, 1, "a name for it");
        vm.prank(engines[2]);
        registry.revealFor(GUID, engines[2], NONCE, 1, "its author may say what it likes");
    }

    function test_revealFor_refusesWhatARevealRefuses() public {
        vm.expectPartialRevert(IBountyRegistry.AssertionCommitmentMismatch.selector);
        revealFor(engines[0], NONCE, 5, "");
        vm.expectRevert(IBountyRegistry.AssertionNonceZero.selector);
        revealFor(engines[0], 0, 4, "");
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.MetadataTooLong.selector, 1025, 1024));
        revealFor(engines[0], NONCE, 4, text(1025));
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.AssertionUnknown.selector, GUID, engines[3], 0));
        revealFor(engines[3], NONCE, 4, "");
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.BountyUnknown.selector, 7));
        registry.revealFor(7, engines[0], NONCE, 4, "");
        revealFor(engines[0], NONCE, 4, "");
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.AssertionAlreadyRevealed.selector, GUID, engines[0]));
        revealFor(engines[0], NONCE, 4, "");
        toVote();
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.BountyWrongRound.selector, GUID, 2));
        revealFor(engines[1], NONCE, 0, "");
    }

    function test_settleFor_paysWhomItBelongsTo() public {
        reveal(engines[0], 0, 4);
        toVote();
        voteAll(4);
        uint256 snapshot = vm.snapshotState();
        uint256 own = settle(engines[0]);
        vm.revertToState(snapshot);
        uint256 before = token.balanceOf(engines[0]);
        vm.expectEmit(address(registry));
        emit IBountyRegistry.SettledBounty(GUID, engines[0], own);
        settleFor(engines[0]);
        vm.assertEq(token.balanceOf(engines[0]) - before, own);
        vm.assertEq(token.balanceOf(_stranger), 0);
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.NothingToSettle.selector, GUID, engines[0], 3));
        settleFor(engines[0]);
    }

    function test_settleFor_refusesStrangersAndTooEarly() public {
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.BountyWrongRound.selector, GUID, 1));
        settleFor(engines[0]);
        toVote();
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.BountyWrongRound.selector, GUID, 2));
        settleFor(ambassador);
        voteAll(4);
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.NothingToSettle.selector, GUID, _stranger, 3));
        settleFor(_stranger);
    }

    /// @dev The bounds of a voter's claims, by the block.
    function test_settleFor_waitsForTheEndOfTheVoteWhereTheAccountHasVoted() public {
        toVote();
        voteAll(4);
        vm.roll(voteEnd() - 1);
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.SettlementTooEarly.selector, GUID, arbiters[0]));
        settleFor(arbiters[0]);
        vm.roll(voteEnd());
        settleFor(arbiters[0]);
    }

    // ---- together

    function test_bring_doesAllOfIt() public {
        IKeeper.Opening[] memory openings = new IKeeper.Opening[](2);
        openings[0] = IKeeper.Opening(GUID, engines[0], NONCE, 4, "");
        openings[1] = IKeeper.Opening(GUID, engines[1], NONCE, 0, "");
        (bool[] memory revealed, bool[] memory settled) = bring(openings, new IKeeper.Claim[](0));
        vm.assertTrue(revealed[0] && revealed[1] && settled.length == 0);
        toVote();
        voteAll(4);
        toEnd();
        (revealed, settled) = bring(new IKeeper.Opening[](0), everybody());
        vm.assertEq(revealed.length, 0);
        for (uint256 i = 0; i < settled.length; ++i) {
            vm.assertTrue(settled[i]);
        }
        vm.assertEq(registry.getBounty(GUID).escrow, 0);
        vm.assertEq(registry.getBounty(GUID).openClaims, 0);
    }

    function test_bring_opensOneBountyAndSettlesAnother() public {
        uint128 settledGuid = GUID + 1;
        post(settledGuid, 2 * NCT, 1);
        vm.roll(block.number + DURATION + REVEAL_WINDOW + VOTE_WINDOW);
        post(GUID + 2, 2 * NCT, 1);
        uint256 commitment = Commitment.bind(GUID + 2, engines[0], 1, "", NONCE);
        vm.prank(engines[0]);
        registry.postSealedAssertion(GUID + 2, repeated(NCT, 1), 1, commitment);
        vm.roll(block.number + DURATION);
        IKeeper.Opening[] memory openings = new IKeeper.Opening[](1);
        openings[0] = IKeeper.Opening(GUID + 2, engines[0], NONCE, 1, "");
        IKeeper.Claim[] memory claims = new IKeeper.Claim[](1);
        claims[0] = IKeeper.Claim(settledGuid, ambassador);
        (bool[] memory revealed, bool[] memory settled) = bring(openings, claims);
        vm.assertTrue(revealed[0] && settled[0]);
    }

    function test_bring_oneThatFailsDoesNotTakeOthersWithIt() public {
        IKeeper.Opening[] memory openings = new IKeeper.Opening[](4);
        openings[0] = IKeeper.Opening(GUID, engines[2], NONCE, 1, "");
        openings[1] = IKeeper.Opening(GUID, engines[0], NONCE, 4, "");
        openings[2] = IKeeper.Opening(GUID, engines[0], NONCE, 4, "");
        openings[3] = IKeeper.Opening(GUID, engines[1], NONCE, 0, "");
        (bool[] memory revealed, bool[] memory settled) = bring(openings, everybody());
        vm.assertTrue(!revealed[0] && revealed[1] && !revealed[2] && revealed[3]);
        for (uint256 i = 0; i < settled.length; ++i) {
            vm.assertFalse(settled[i]);
        }
    }

    function test_bring_refusesToDoNothing() public {
        vm.expectRevert(IKeeper.KeeperNothingDone.selector);
        bring(new IKeeper.Opening[](0), new IKeeper.Claim[](0));
        vm.expectRevert(IKeeper.KeeperNothingDone.selector);
        bring(new IKeeper.Opening[](0), everybody());
    }

    /// @dev Whatever the gas: either nothing happens, or every item has had its part.
    function test_fuzz_bring_allOrNothingForLackOfGas(uint256 gas) public {
        gas = bound(gas, 30_000, 1_500_000);
        IKeeper.Opening[] memory openings = new IKeeper.Opening[](2);
        openings[0] = IKeeper.Opening(GUID, engines[0], NONCE, 4, "");
        openings[1] = IKeeper.Opening(GUID, engines[1], NONCE, 0, "");
        bytes memory call = abi.encodeCall(keeper.bring, (GAS_EACH, openings, new IKeeper.Claim[](0)));
        (bool done, bytes memory result) = address(keeper).call{gas: gas}(call);
        (,, uint256 benign) = registry.getBidSums(GUID, 0);
        if (done) {
            (bool[] memory revealed,) = abi.decode(result, (bool[], bool[]));
            vm.assertTrue(revealed[0] && revealed[1]);
            vm.assertEq(benign, 2 * NCT);
        } else {
            vm.assertEq(benign, 0);
        }
    }

    function test_bring_saysThatThereIsTooLittleGas() public {
        bytes memory call = abi.encodeCall(keeper.bring, (GAS_EACH, new IKeeper.Opening[](0), everybody()));
        (bool done, bytes memory reason) = address(keeper).call{gas: 200_000}(call);
        vm.assertFalse(done);
        vm.assertEq(reason, abi.encodeWithSelector(IKeeper.KeeperGasTooLow.selector, GAS_EACH));
        (done, reason) = address(keeper).call{gas: 9000}(call);
        vm.assertFalse(done);
    }

    /// @dev Far more than there can ever be; nothing overflows.
    function test_bring_refusesAnAbsurdPartForEachItem() public {
        vm.expectRevert(abi.encodeWithSelector(IKeeper.KeeperGasTooLow.selector, type(uint256).max));
        keeper.bring(type(uint256).max, new IKeeper.Opening[](0), everybody());
    }

    function everybody() private view returns (IKeeper.Claim[] memory claims) {
        claims = new IKeeper.Claim[](8);
        for (uint256 i = 0; i < 4; ++i) {
            claims[i] = IKeeper.Claim(GUID, arbiters[i]);
        }
        for (uint256 i = 0; i < 3; ++i) {
            claims[4 + i] = IKeeper.Claim(GUID, engines[i]);
        }
        claims[7] = IKeeper.Claim(GUID, ambassador);
    }

    function bring(IKeeper.Opening[] memory openings, IKeeper.Claim[] memory claims)
        private
        returns (bool[] memory, bool[] memory)
    {
        vm.prank(_stranger);
        return keeper.bring(GAS_EACH, openings, claims);
    }

    function revealFor(address author, uint256 nonce, uint256 verdicts, string memory metadata) private {
        vm.prank(_stranger);
        registry.revealFor(GUID, author, nonce, verdicts, metadata);
    }

    function settleFor(address party) private {
        vm.prank(_stranger);
        registry.settleFor(GUID, party);
    }

    /// @dev All that a reveal changes.
    function stateOf(address author) private view returns (bytes32 state) {
        for (uint256 i = 0; i < 3; ++i) {
            (uint256 total, uint256 malicious, uint256 benign) = registry.getBidSums(GUID, i);
            state = keccak256(abi.encode(state, total, malicious, benign));
        }
        return keccak256(abi.encode(state, registry.hasOpenAssertion(GUID, author), registry.getBounty(GUID)));
    }
}
