// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketTest} from "../base/MarketTest.sol";
import {TellingToken} from "./ReentrantToken.t.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ArbiterStaking} from "src/ArbiterStaking.sol";
import {BountyRegistry} from "src/BountyRegistry.sol";
import {Keeper} from "src/Keeper.sol";
import {IBountyRegistry} from "src/interfaces/IBountyRegistry.sol";
import {IKeeper} from "src/interfaces/IKeeper.sol";
import {Commitment} from "src/libraries/Commitment.sol";

/// @dev A party that burns all the gas it is given when it is paid.
contract Furnace {
    bool private _lit;

    function assertOn(BountyRegistry registry, TellingToken token, uint128 guid) external {
        uint256[] memory bids = new uint256[](1);
        bids[0] = 1 ether;
        token.approve(address(registry), type(uint256).max);
        registry.postAssertion(guid, bids, 1, 1);
        _lit = true;
    }

    function tokensReceived() external view {
        while (_lit) {}
    }
}

/// @dev A party that has itself settled again, by a batch, while it is being paid.
contract Reenterer {
    Keeper private immutable _keeper;
    bytes4 public refusal;

    constructor(Keeper keeper) {
        _keeper = keeper;
    }

    function assertOn(BountyRegistry registry, TellingToken token, uint128 guid) external {
        uint256[] memory bids = new uint256[](1);
        bids[0] = 1 ether;
        token.approve(address(registry), type(uint256).max);
        registry.postAssertion(guid, bids, 1, 1);
    }

    function tokensReceived() external {
        try BountyRegistry(_keeper.registry()).settleFor(1, address(this)) {}
        catch (bytes memory reason) {
            refusal = bytes4(reason);
        }
    }
}

/// @title Keepers that mean ill
/// @notice What a keeper can do for others is what they could do themselves, at no better time for anybody.
contract KeepersTest is MarketTest {
    address internal keeperOfMalice = account("a keeper that means ill");

    function test_aKeeperThatLies_revealsNothing() public {
        post(2 * NCT, 1);
        uint256 commitment = Commitment.bind(GUID, engines[0], 1, "my own name for it", NONCE);
        vm.prank(engines[0]);
        registry.postSealedAssertion(GUID, repeated(NCT, 1), 1, commitment);
        toReveal();
        IKeeper.Opening[] memory lies = new IKeeper.Opening[](5);
        lies[0] = IKeeper.Opening(GUID, engines[0], NONCE, 0, "my own name for it");
        lies[1] = IKeeper.Opening(GUID, engines[0], NONCE, 1, "a name that the keeper likes better");
        lies[2] = IKeeper.Opening(GUID, engines[0], NONCE + 1, 1, "my own name for it");
        lies[3] = IKeeper.Opening(GUID, engines[1], NONCE, 1, "my own name for it");
        lies[4] = IKeeper.Opening(GUID + 1, engines[0], NONCE, 1, "my own name for it");
        vm.prank(keeperOfMalice);
        vm.expectRevert(IKeeper.KeeperNothingDone.selector);
        keeper.bring(300_000, lies, new IKeeper.Claim[](0));
        vm.prank(engines[0]); // and what it tried is in nobody's way
        registry.revealAssertion(GUID, 0, NONCE, 1, "my own name for it");
    }

    /// @dev In the original's form a reveal leaves its metadata open, which is why others may not make it.
    function test_aKeeperThatLies_doesNotNameWhatOthersFound() public {
        post(2 * NCT, 1);
        bidAsOriginal(engines[0], NCT, 1, 1);
        toReveal();
        vm.prank(keeperOfMalice);
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.AssertionNotSealed.selector, GUID, engines[0]));
        registry.revealFor(GUID, engines[0], NONCE, 1, "what the keeper wants it to be called");
    }

    function test_aKeeperThatWithholds_isNotNeeded() public {
        post(2 * NCT, 1);
        bid(engines[0], NCT, 1, 1);
        vm.roll(registry.getBounty(GUID).expirationBlock + REVEAL_WINDOW - 1); // waited for until the last block
        reveal(engines[0], 0, 1);
        toVote();
        voteAll(1);
        vm.assertEq(settle(engines[0]), 3 * NCT);
    }

    function test_aKeeperThatOpensEarly_isRefused() public {
        post(2 * NCT, 1);
        bid(engines[0], NCT, 1, 1);
        vm.roll(registry.getBounty(GUID).expirationBlock - 1); // engines can still assert
        vm.prank(keeperOfMalice);
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.BountyWrongRound.selector, GUID, 0));
        registry.revealFor(GUID, engines[0], NONCE, 1, "");
    }

    /// @dev Who is faster with the same batch has paid for the other's work; nobody's money is elsewhere for it.
    function test_aKeeperThatIsFaster_gainsNothing() public {
        post(2 * NCT, 1);
        bid(engines[0], NCT, 1, 1);
        toReveal();
        reveal(engines[0], 0, 1);
        toVote();
        voteAll(1);
        IKeeper.Claim[] memory claims = new IKeeper.Claim[](2);
        claims[0] = IKeeper.Claim(GUID, engines[0]);
        claims[1] = IKeeper.Claim(GUID, ambassador);
        uint256 before = token.balanceOf(engines[0]);
        vm.prank(keeperOfMalice);
        keeper.bring(300_000, new IKeeper.Opening[](0), claims);
        vm.assertEq(token.balanceOf(engines[0]) - before, 3 * NCT);
        vm.assertEq(token.balanceOf(keeperOfMalice), 0);
        vm.assertEq(token.balanceOf(address(keeper)), 0);
        vm.expectRevert(IKeeper.KeeperNothingDone.selector); // which the slower one's node tells it before it pays
        keeper.bring(300_000, new IKeeper.Opening[](0), claims);
    }

    /// @dev NCT calls nobody. In a token that does, a party burns what its item was given, and nothing of the others'.
    function test_aPartyThatBurnsGas_burnsItsOwnPart() public {
        (TellingToken telling, BountyRegistry market, Keeper batches) = tellingMarket();
        Furnace furnace = new Furnace();
        telling.mint(address(furnace), 2 ether);
        furnace.assertOn(market, telling, 1);
        vm.roll(block.number + 30);
        IKeeper.Claim[] memory claims = new IKeeper.Claim[](2);
        claims[0] = IKeeper.Claim(1, address(furnace));
        claims[1] = IKeeper.Claim(1, ambassador);
        uint256 before = gasleft();
        (, bool[] memory settled) = batches.bring(400_000, new IKeeper.Opening[](0), claims);
        vm.assertLt(before - gasleft(), 700_000, "its own part, and what the other needs");
        vm.assertTrue(settled[1]);
        vm.assertEq(market.hasOpenAssertion(1, address(furnace)), !settled[0]); // what it is due stays due to it
    }

    function test_aPartyThatReenters_isPaidOnce() public {
        (TellingToken telling, BountyRegistry market, Keeper batches) = tellingMarket();
        Reenterer reenterer = new Reenterer(batches);
        telling.mint(address(reenterer), 2 ether);
        reenterer.assertOn(market, telling, 1);
        vm.roll(block.number + 30);
        IKeeper.Claim[] memory claims = new IKeeper.Claim[](1);
        claims[0] = IKeeper.Claim(1, address(reenterer));
        batches.bring(400_000, new IKeeper.Opening[](0), claims);
        vm.assertEq(telling.balanceOf(address(reenterer)), 2 ether);
        vm.assertTrue(reenterer.refusal() == ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
    }

    /// @dev Who is settled for is paid the same in every block from quorum on, whatever is voted and settled in
    /// between.
    function test_fuzz_theMomentOfASettlementDoesNotMatter(uint256 seed) public {
        post(2 * NCT, 1);
        bid(engines[0], NCT, 1, 1);
        bid(engines[1], NCT / 2, 1, 0);
        bid(engines[2], NCT / 3, 1, 1); // and never reveals
        toReveal();
        reveal(engines[0], 0, 1);
        reveal(engines[1], 1, 0);
        toVote();
        uint256 truth = seed % 2;
        vote(arbiters[0], truth);
        vote(arbiters[1], truth);
        if (registry.getCurrentRound(GUID) != 3) vote(arbiters[2], truth);
        address party = (seed >> 8) % 4 == 3 ? ambassador : engines[(seed >> 8) % 3];
        uint256 snapshot = vm.snapshotState();
        uint256 atOnce = settleFor(party);
        vm.revertToState(snapshot);
        vm.roll(block.number + (seed >> 16) % 50);
        vote(arbiters[3], (seed >> 32) % 2);
        for (uint256 i = 0; i < 3; ++i) {
            if (engines[i] != party && (seed >> (40 + i)) % 2 == 0) settleFor(engines[i]);
        }
        if ((seed >> 48) % 2 == 0) vm.roll(voteEnd() + (seed >> 56) % 1000);
        vm.assertEq(settleFor(party), atOnce);
    }

    /// @dev An arbiter that bid as well is due its bids at quorum and its fees at the end. Whoever settled for it at
    /// quorum would leave it with a settlement that looks done, and fees that nobody fetches.
    function test_aKeeperDoesNotSettleHalfOfWhatAnAccountIsDue() public {
        address both = arbiters[0];
        post(2 * NCT, 1);
        bid(both, NCT, 1, 1);
        toReveal();
        reveal(both, 0, 1);
        toVote();
        voteAll(1);
        vm.prank(keeperOfMalice);
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.SettlementTooEarly.selector, GUID, both));
        registry.settleFor(GUID, both);
        uint256 snapshot = vm.snapshotState();
        vm.assertEq(settle(both), 3 * NCT); // what it may do itself
        vm.revertToState(snapshot);
        toEnd();
        vm.assertEq(settleFor(both), 3 * NCT + (BOUNTY_FEE + ASSERTION_FEE) / 4);
    }

    function settleFor(address party) internal returns (uint256 paid) {
        uint256 before = token.balanceOf(party);
        vm.prank(keeperOfMalice);
        registry.settleFor(GUID, party);
        return token.balanceOf(party) - before;
    }

    /// @dev A market in a token that calls whom it pays, with a bounty on one artifact.
    function tellingMarket() internal returns (TellingToken telling, BountyRegistry market, Keeper batches) {
        telling = new TellingToken();
        ArbiterStaking stakes = new ArbiterStaking(address(telling), 1);
        market = new BountyRegistry(address(telling), address(stakes), 10, 10);
        batches = new Keeper(address(market));
        market.addArbiter(arbiters[0], 0);
        telling.mint(ambassador, 10 ether);
        uint256[8] memory bloom;
        vm.startPrank(ambassador);
        telling.approve(address(market), type(uint256).max);
        market.postBounty(1, 0, 2 ether, "uri", 1, 10, bloom, "");
        vm.stopPrank();
    }
}
