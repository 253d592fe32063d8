// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketTest} from "../base/MarketTest.sol";
import {OldRules} from "./OldRules.sol";

/// @title Sharing in a bounty that nobody voted on by way of many addresses
contract UnvotedSybilsTest is MarketTest {
    uint256 private constant SYBILS = 30;
    uint256 private constant AMOUNT = 20 ether;

    function setUp() public override {
        super.setUp();
        post(AMOUNT, 1);
        bid(engines[0], NCT, 1, 1);
    }

    function test_oldRule_whoHasMostAddressesGetsMost() public pure {
        uint256 paidIn = SYBILS * (MINIMUM_BID + ASSERTION_FEE);
        uint256 payout = SYBILS * OldRules.paidWithoutVotes(AMOUNT, MINIMUM_BID, SYBILS + 1, ASSERTION_FEE);
        vm.assertEq(paidIn / 1e17, 28); // 2.8 NCT
        vm.assertEq(payout / 1e17, 221); // 22.1 NCT, and nothing was scanned
    }

    function test_addressesThatNeverReveal_getBackWhatTheyPaid() public {
        (uint256 paidIn, uint256 payout) = attack(SYBILS, MINIMUM_BID, false);
        vm.assertEq(payout, paidIn);
        vm.assertEq(settle(engines[0]), AMOUNT + NCT + ASSERTION_FEE, "all of the reward is the honest engine's");
        vm.assertEq(settle(ambassador), BOUNTY_FEE);
        vm.assertEq(token.balanceOf(address(registry)), 0);
    }

    function test_addressesThatNeverReveal_leaveTheRewardToTheAuthorIfNobodyElseDoes() public {
        address[] memory crowd = assertAll(SYBILS, MINIMUM_BID);
        toEnd();
        for (uint256 i = 0; i < SYBILS; ++i) {
            vm.assertEq(settle(crowd[i]), MINIMUM_BID + ASSERTION_FEE);
        }
        vm.assertEq(settle(engines[0]), NCT + ASSERTION_FEE);
        vm.assertEq(settle(ambassador), AMOUNT + BOUNTY_FEE);
        vm.assertEq(token.balanceOf(address(registry)), 0);
    }

    /// @dev Sixteen of the smallest bids are as much as one of the largest.
    function test_revealedAddresses_gainNoMoreThanOneWithTheSameBids() public {
        uint256 snapshot = vm.snapshotState();
        (uint256 paidIn, uint256 payout) = attack(1, NCT, true);
        uint256 ofOne = payout - paidIn;
        vm.revertToState(snapshot);
        (paidIn, payout) = attack(16, NCT / 16, true);
        vm.assertLe(payout - paidIn, ofOne, "no more than one address");
        vm.assertGe(payout - paidIn + 16, ofOne, "all but dust");
    }

    function test_fuzz_revealedAddresses_gainInProportionToTheirBids(uint256 seed) public {
        uint256 each = bound(seed, MINIMUM_BID, NCT);
        (uint256 paidIn, uint256 payout) = attack(SYBILS, each, true);
        uint256 bids = SYBILS * each;
        vm.assertLe(payout - paidIn, AMOUNT * bids / (bids + NCT), "by bid");
    }

    /// @dev A settlement looks at sums, not at others.
    /// forge-config: default.isolate = true
    /// forge-config: long.isolate = true
    function test_aSettlementWithoutVotesCostsTheSameInACrowd() public {
        uint256 snapshot = vm.snapshotState();
        uint256 alone = cost(1);
        vm.revertToState(snapshot);
        vm.assertApproxEqRel(cost(100), alone, 0.05e18, "gas");
    }

    function cost(uint256 crowd) internal returns (uint256) {
        attack(crowd, MINIMUM_BID, true);
        settle(engines[0]);
        return vm.lastCallGas().gasTotalUsed;
    }

    /// @dev So many addresses assert beside the honest engine, which reveals; nobody votes; they settle.
    function attack(uint256 addresses, uint256 each, bool revealed) internal returns (uint256 paidIn, uint256 payout) {
        address[] memory crowd = assertAll(addresses, each);
        paidIn = addresses * (each + ASSERTION_FEE);
        toReveal();
        reveal(engines[0], 0, 1);
        for (uint256 i = 0; revealed && i < addresses; ++i) {
            reveal(crowd[i], i + 1, 0);
        }
        toEnd();
        for (uint256 i = 0; i < addresses; ++i) {
            payout += settle(crowd[i]);
        }
    }

    function assertAll(uint256 addresses, uint256 each) internal returns (address[] memory crowd) {
        crowd = new address[](addresses);
        for (uint256 i = 0; i < addresses; ++i) {
            crowd[i] = account(string.concat("sybil ", vm.toString(i)));
            fund(crowd[i]);
            bid(crowd[i], each, 1, 0);
        }
    }
}
