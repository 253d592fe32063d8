// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketTest} from "../base/MarketTest.sol";
import {IKeeper} from "src/interfaces/IKeeper.sol";
import {ArtifactMask, ArtifactMasks} from "src/types/ArtifactMask.sol";

/// @title What a whole bounty costs
/// @notice Four arbiters, all engines assert on all artifacts, a quarter of them wrong, everybody settles; approvals do
/// not count. In a bounty that is kept, a keeper reveals and settles for all of them in two transactions. Each call is
/// a transaction of its own (`isolate`), with its intrinsic gas. `snapshots/` holds the results.
/// forge-config: default.isolate = true
/// forge-config: long.isolate = true
contract BountyGasTest is MarketTest {
    /// @dev For each item of a batch: the first reveal on 256 artifacts fills 171 slots.
    uint256 private constant GAS_EACH = 5_000_000;

    struct Cost {
        uint256 post;
        uint256 assertion;
        uint256 reveal;
        uint256 vote;
        uint256 settleEngine;
        uint256 settleAmbassador;
        uint256 settleArbiter;
    }

    function test_1x1() public {
        record("1x1", 1, 1, 1_050_000);
    }

    function test_10x1() public {
        record("10x1", 10, 1, 3_000_000);
    }

    function test_25x1() public {
        record("25x1", 25, 1, 6_500_000);
    }

    function test_100x1() public {
        record("100x1", 100, 1, 23_000_000);
    }

    function test_10x16() public {
        record("10x16", 10, 16, 7_000_000);
    }

    function test_10x64() public {
        record("10x64", 10, 64, 16_000_000);
    }

    function test_10x256() public {
        record("10x256", 10, 256, 45_000_000);
    }

    function test_kept1x1() public {
        recordKept("1x1", 1, 1, 900_000);
    }

    function test_kept10x1() public {
        recordKept("10x1", 10, 1, 2_300_000);
    }

    function test_kept100x1() public {
        recordKept("100x1", 100, 1, 17_000_000);
    }

    function test_kept10x64() public {
        recordKept("10x64", 10, 64, 11_000_000);
    }

    function test_kept10x256() public {
        recordKept("10x256", 10, 256, 36_000_000);
    }

    function recordKept(string memory name, uint256 numEngines, uint256 numArtifacts, uint256 maximum) internal {
        Cost memory cost;
        uint256 truth = assertAll(cost, numEngines, numArtifacts);
        uint256 revealed = revealTogether(numEngines, numArtifacts, truth);
        voteOnAll(cost, truth);
        uint256 settled = settleTogether(numEngines);
        assertEmpty();
        uint256 total = cost.post + cost.assertion + revealed + cost.vote + settled;
        string memory group = string.concat("kept-", name);
        vm.snapshotValue(group, "reveals", revealed);
        vm.snapshotValue(group, "settlements", settled);
        vm.snapshotValue(group, "keeper", revealed + settled);
        vm.snapshotValue(group, "total", total);
        vm.assertLe(total, maximum, name);
    }

    /// @dev One batch; what it may use, a block can hold.
    function revealTogether(uint256 numEngines, uint256 numArtifacts, uint256 truth) internal returns (uint256) {
        uint256 everything = ArtifactMask.unwrap(ArtifactMasks.all(numArtifacts));
        IKeeper.Opening[] memory openings = new IKeeper.Opening[](numEngines);
        for (uint256 i = 0; i < numEngines; ++i) {
            openings[i] = IKeeper.Opening(GUID, engines[i], NONCE, verdicts(i, truth, everything), "");
        }
        keeper.bring(GAS_EACH, openings, new IKeeper.Claim[](0));
        return lastGas();
    }

    function settleTogether(uint256 numEngines) internal returns (uint256) {
        IKeeper.Claim[] memory claims = new IKeeper.Claim[](numEngines + 5);
        for (uint256 i = 0; i < numEngines; ++i) {
            claims[i] = IKeeper.Claim(GUID, engines[i]);
        }
        for (uint256 i = 0; i < 4; ++i) {
            claims[numEngines + i] = IKeeper.Claim(GUID, arbiters[i]);
        }
        claims[numEngines + 4] = IKeeper.Claim(GUID, ambassador);
        keeper.bring(GAS_EACH, new IKeeper.Opening[](0), claims);
        return lastGas();
    }

    function record(string memory name, uint256 numEngines, uint256 numArtifacts, uint256 maximum) internal {
        Cost memory cost;
        uint256 total = play(cost, numEngines, numArtifacts);
        string memory group = string.concat("bounty-", name);
        vm.snapshotValue(group, "post", cost.post);
        vm.snapshotValue(group, "assert", cost.assertion / numEngines);
        vm.snapshotValue(group, "reveal", cost.reveal / numEngines);
        vm.snapshotValue(group, "vote", cost.vote / 4);
        vm.snapshotValue(group, "settleEngine", cost.settleEngine / numEngines);
        vm.snapshotValue(group, "settleAmbassador", cost.settleAmbassador);
        vm.snapshotValue(group, "settleArbiter", cost.settleArbiter / 4);
        vm.snapshotValue(group, "total", total);
        vm.assertLe(total, maximum, name);
    }

    function play(Cost memory cost, uint256 numEngines, uint256 numArtifacts) internal returns (uint256) {
        uint256 truth = assertAll(cost, numEngines, numArtifacts);
        uint256 everything = ArtifactMask.unwrap(ArtifactMasks.all(numArtifacts));
        for (uint256 i = 0; i < numEngines; ++i) {
            reveal(engines[i], i, verdicts(i, truth, everything));
            cost.reveal += lastGas();
        }
        voteOnAll(cost, truth);
        for (uint256 i = 0; i < numEngines; ++i) {
            vm.prank(engines[i]);
            registry.settleBounty(GUID);
            cost.settleEngine += lastGas();
        }
        vm.prank(ambassador);
        registry.settleBounty(GUID);
        cost.settleAmbassador = lastGas();
        for (uint256 i = 0; i < 4; ++i) {
            vm.prank(arbiters[i]);
            registry.settleBounty(GUID);
            cost.settleArbiter += lastGas();
        }
        assertEmpty();
        return cost.post + cost.assertion + cost.reveal + cost.vote + cost.settleEngine + cost.settleAmbassador
            + cost.settleArbiter;
    }

    /// @dev Up to the first block in which engines can reveal. Every other artifact is malicious.
    function assertAll(Cost memory cost, uint256 numEngines, uint256 numArtifacts) internal returns (uint256 truth) {
        uint256 everything = ArtifactMask.unwrap(ArtifactMasks.all(numArtifacts));
        truth = numArtifacts == 1 ? 1 : everything / 3;
        for (uint256 i = engines.length; i < numEngines; ++i) {
            engines.push(account(string.concat("engine ", vm.toString(i))));
            fund(engines[i]);
        }
        post(GUID, 2 * NCT * numArtifacts, numArtifacts);
        cost.post = lastGas();
        for (uint256 i = 0; i < numEngines; ++i) {
            bid(engines[i], NCT / 2 + i, everything, verdicts(i, truth, everything));
            cost.assertion += lastGas();
        }
        vm.roll(block.number + DURATION);
    }

    /// @dev From there to the end of the vote.
    function voteOnAll(Cost memory cost, uint256 truth) internal {
        vm.roll(block.number + REVEAL_WINDOW);
        for (uint256 i = 0; i < 4; ++i) {
            vote(arbiters[i], truth);
            cost.vote += lastGas();
        }
        vm.roll(block.number + VOTE_WINDOW);
    }

    function assertEmpty() internal view {
        vm.assertEq(registry.getBounty(GUID).escrow, 0);
        vm.assertEq(token.balanceOf(address(registry)), 0);
    }

    function verdicts(uint256 engine, uint256 truth, uint256 everything) internal pure returns (uint256) {
        return engine % 4 == 3 ? truth ^ everything : truth;
    }

    function lastGas() internal view returns (uint256) {
        return vm.lastCallGas().gasTotalUsed;
    }
}
