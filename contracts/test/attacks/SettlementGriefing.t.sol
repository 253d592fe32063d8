// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketTest} from "../base/MarketTest.sol";
import {OldSettlement} from "./OldRules.sol";
import {ArtifactMask, ArtifactMasks} from "src/types/ArtifactMask.sol";

/// @title Asserting so often that nobody can settle any more
/// forge-config: default.isolate = true
/// forge-config: long.isolate = true
contract SettlementGriefingTest is MarketTest {
    function test_oldRule_costGrowsWithTheAssertionsOfOthers() public {
        uint256 alone = oldCost(0);
        uint256 crowd = oldCost(200);
        vm.assertGt(crowd, 10 * alone, "every other assertion is paid for");
    }

    function test_anEnginesSettlementCostsTheSameInACrowd() public {
        uint256 snapshot = vm.snapshotState();
        uint256 alone = cost(1, 0);
        vm.revertToState(snapshot);
        vm.assertApproxEqRel(cost(1, 99), alone, 0.05e18, "one artifact");
    }

    function test_anEnginesSettlementCostsTheSameInACrowd_manyArtifacts() public {
        uint256 snapshot = vm.snapshotState();
        uint256 alone = cost(64, 0);
        vm.revertToState(snapshot);
        vm.assertApproxEqRel(cost(64, 20), alone, 0.05e18, "64 artifacts");
    }

    /// @dev What the first engine pays to settle if so many others assert as well; all reveal.
    function cost(uint256 numArtifacts, uint256 others) internal returns (uint256) {
        uint256 everything = ArtifactMask.unwrap(ArtifactMasks.all(numArtifacts));
        post(2 * NCT * numArtifacts, numArtifacts);
        bid(engines[0], NCT, everything, everything);
        for (uint256 i = 0; i < others; ++i) {
            address other = account(string.concat("other ", vm.toString(i)));
            fund(other);
            bid(other, MINIMUM_BID, everything, everything);
        }
        toReveal();
        reveal(engines[0], 0, everything);
        for (uint256 i = 0; i < others; ++i) {
            reveal(account(string.concat("other ", vm.toString(i))), i + 1, everything);
        }
        toVote();
        voteAll(everything);
        vm.prank(engines[0]);
        registry.settleBounty(GUID);
        return vm.lastCallGas().gasTotalUsed;
    }

    function oldCost(uint256 others) internal returns (uint256) {
        OldSettlement old = new OldSettlement();
        old.assertOn(NCT, true);
        for (uint256 i = 0; i < others; ++i) {
            old.assertOn(MINIMUM_BID, false);
        }
        old.settle(2 * NCT);
        return vm.lastCallGas().gasTotalUsed;
    }
}
