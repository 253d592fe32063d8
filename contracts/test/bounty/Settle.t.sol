// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketTest} from "../base/MarketTest.sol";
import {Vm} from "../base/Vm.sol";
import {IBountyRegistry} from "src/interfaces/IBountyRegistry.sol";

contract SettleTest is MarketTest {
    function setUp() public override {
        super.setUp();
        post(2 * NCT, 1);
        bid(engines[0], NCT, 1, 1);
        bid(engines[1], NCT / 2, 1, 0);
        toReveal();
        reveal(engines[0], 0, 1);
        reveal(engines[1], 1, 0);
        toVote();
    }

    function test_settle_isRefusedBeforeQuorum() public {
        vm.roll(registry.getBounty(GUID).expirationBlock - 1);
        refuse(engines[0], wrongRound(0));
        toReveal();
        refuse(engines[0], wrongRound(1));
        toVote();
        refuse(engines[0], wrongRound(2));
        vote(arbiters[0], 1);
        refuse(engines[0], wrongRound(2));
        vm.roll(voteEnd() - 1);
        refuse(engines[0], wrongRound(2));
        vm.roll(voteEnd());
        settle(engines[0]);
    }

    function test_settle_expertsAndAuthorFromQuorumOn() public {
        vote(arbiters[0], 1);
        vote(arbiters[1], 1);
        vm.assertEq(settle(engines[0]), 3.5 ether);
        vm.assertEq(settle(engines[1]), 0);
        vm.assertEq(settle(ambassador), 0);
    }

    function test_settle_arbitersOnlyAfterTheVote() public {
        vote(arbiters[0], 1);
        vote(arbiters[1], 1);
        vm.roll(voteEnd() - 1);
        refuse(arbiters[0], nothing(arbiters[0], 3));
        vm.roll(voteEnd());
        vm.assertEq(settle(arbiters[0]), (BOUNTY_FEE + 2 * ASSERTION_FEE) / 2);
    }

    function test_settle_isOncePerClaim() public {
        voteAll(1);
        settle(engines[0]);
        settle(ambassador);
        refuse(engines[0], nothing(engines[0], 3));
        refuse(ambassador, nothing(ambassador, 3));
        toEnd();
        settle(arbiters[0]);
        refuse(arbiters[0], nothing(arbiters[0], 4));
        refuse(engines[0], nothing(engines[0], 4));
    }

    function test_settle_isRefusedForStrangers() public {
        toEnd();
        refuse(engines[2], nothing(engines[2], 4));
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.BountyUnknown.selector, 7));
        registry.settleBounty(7);
    }

    function test_settle_isNeverPausedAndPossibleForEver() public {
        voteAll(1);
        registry.pause();
        registry.deprecate(false);
        for (uint256 i = 0; i < 4; ++i) {
            registry.removeArbiter(arbiters[i], 0);
        }
        vm.roll(block.number + 1_000_000_000);
        vm.assertEq(settle(engines[0]), 3.5 ether);
        settle(engines[1]);
        settle(ambassador);
        for (uint256 i = 0; i < 4; ++i) {
            vm.assertEq(settle(arbiters[i]), (BOUNTY_FEE + 2 * ASSERTION_FEE) / 4);
        }
        vm.assertEq(token.balanceOf(address(registry)), 0);
    }

    function test_settle_emitsWhatItPays() public {
        voteAll(1);
        vm.expectEmit(address(registry));
        emit IBountyRegistry.SettledBounty(GUID, engines[0], 3.5 ether);
        settle(engines[0]);
        vm.expectEmit(address(registry));
        emit IBountyRegistry.SettledBounty(GUID, engines[1], 0);
        settle(engines[1]);
    }

    function test_settle_paysEveryRoleThatIsDueAndTheOthersLater() public {
        uint128 guid = GUID + 1;
        address all = arbiters[3];
        uint256[8] memory bloom;
        vm.startPrank(all);
        registry.postBounty(guid, 0, 2 * NCT, URI, 1, DURATION, bloom, "");
        registry.postAssertion(guid, repeated(NCT, 1), 1, 1); // and never reveals it
        vm.roll(block.number + DURATION + REVEAL_WINDOW);
        registry.voteOnBounty(guid, 0, true);
        vm.stopPrank();
        for (uint256 i = 0; i < 2; ++i) {
            vm.prank(arbiters[i]);
            registry.voteOnBounty(guid, 0, true);
        }
        uint256 before = token.balanceOf(all);
        vm.prank(all);
        registry.settleBounty(guid); // quorum: as author it gets the bounty back, as engine nothing
        vm.assertEq(token.balanceOf(all) - before, 2 * NCT);
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.NothingToSettle.selector, guid, all, 3));
        vm.prank(all);
        registry.settleBounty(guid);
        vm.roll(block.number + VOTE_WINDOW);
        vm.prank(all);
        registry.settleBounty(guid); // finished: as arbiter it gets its part of the fees
        vm.assertEq(token.balanceOf(all) - before, 2 * NCT + (BOUNTY_FEE + ASSERTION_FEE) / 3);
    }

    function test_settle_burnsNothingThatSomebodyWon() public {
        voteAll(0); // engine 1 was right
        settle(engines[0]);
        settle(engines[1]);
        uint256 supply = token.totalSupply();
        settle(ambassador);
        vm.assertEq(token.totalSupply(), supply);
    }

    function test_settle_burnsBidsThatNobodyWon() public {
        postLoser();
        uint256 supply = token.totalSupply();
        vm.expectEmit(address(registry));
        emit IBountyRegistry.SettledBounty(GUID + 1, ambassador, 2 * NCT);
        vm.expectEmit(address(registry));
        emit IBountyRegistry.BurnedBids(GUID + 1, NCT);
        vm.prank(ambassador);
        registry.settleBounty(GUID + 1);
        vm.assertEq(supply - token.totalSupply(), NCT);
    }

    function test_settle_sendsBidsThatNobodyWonToTheTreasury() public {
        postLoser();
        address treasury = account("treasury");
        registry.setTreasury(treasury);
        uint256 supply = token.totalSupply();
        vm.expectEmit(address(registry));
        emit IBountyRegistry.BurnedBids(GUID + 1, NCT);
        vm.prank(ambassador);
        registry.settleBounty(GUID + 1);
        vm.assertEq(token.totalSupply(), supply);
        vm.assertEq(token.balanceOf(treasury), NCT);
    }

    function test_settle_burnsDustWithTheLastClaim() public {
        uint128 guid = GUID + 1;
        post(guid, 2 * NCT, 1);
        vm.roll(block.number + DURATION + REVEAL_WINDOW);
        for (uint256 i = 0; i < 3; ++i) {
            vm.prank(arbiters[i]);
            registry.voteOnBounty(guid, 1, true);
        }
        vm.roll(block.number + VOTE_WINDOW);
        vm.prank(ambassador);
        registry.settleBounty(guid);
        uint256 third = BOUNTY_FEE / 3;
        uint256 supply = token.totalSupply();
        for (uint256 i = 0; i < 3; ++i) {
            if (i == 2) {
                vm.expectEmit(address(registry));
                emit IBountyRegistry.SettledBounty(guid, arbiters[i], third);
                vm.expectEmit(address(registry));
                emit IBountyRegistry.BurnedDust(guid, BOUNTY_FEE - 3 * third);
            }
            vm.prank(arbiters[i]);
            registry.settleBounty(guid);
        }
        vm.assertEq(supply - token.totalSupply(), BOUNTY_FEE - 3 * third);
        vm.assertEq(registry.getBounty(guid).escrow, 0);
        vm.assertEq(registry.getBounty(guid).openClaims, 0);
    }

    function test_settle_oneBountyNeverPaysForAnother() public {
        post(GUID + 1, 50 * NCT, 1);
        voteAll(1);
        toEnd();
        settle(engines[0]);
        settle(engines[1]);
        settle(ambassador);
        for (uint256 i = 0; i < 4; ++i) {
            settle(arbiters[i]);
        }
        vm.assertEq(token.balanceOf(address(registry)), 50 * NCT + BOUNTY_FEE);
    }

    /// @dev A second bounty on which the only engine is wrong, voted on to the end.
    function postLoser() internal {
        post(GUID + 1, 2 * NCT, 1);
        vm.prank(engines[2]);
        registry.postAssertion(GUID + 1, repeated(NCT, 1), 1, 1);
        vm.roll(block.number + DURATION + REVEAL_WINDOW);
        vm.prank(arbiters[0]);
        registry.voteOnBounty(GUID + 1, 0, true);
        vm.roll(block.number + VOTE_WINDOW);
    }

    function refuse(address party, bytes memory revertData) internal {
        vm.expectRevert(revertData);
        vm.prank(party);
        registry.settleBounty(GUID);
    }

    function wrongRound(uint256 round) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IBountyRegistry.BountyWrongRound.selector, GUID, round);
    }

    function nothing(address party, uint256 round) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IBountyRegistry.NothingToSettle.selector, GUID, party, round);
    }
}
