// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BatchedTest} from "../base/BatchedTest.sol";

/// @title What ten actions of one account cost in one transaction
/// @notice Beside ten transactions, from the same state; on bounties of one artifact. Each call is a transaction of its
/// own (`isolate`), with its intrinsic gas and calldata. `snapshots/` holds the results.
/// forge-config: default.isolate = true
/// forge-config: long.isolate = true
contract BatchGasTest is BatchedTest {
    uint256 private constant ACTIONS = 10;

    function test_posts() public {
        bytes[] memory calls = new bytes[](ACTIONS);
        for (uint128 i = 0; i < ACTIONS; ++i) {
            calls[i] = posting(GUID + 100 + i, 1);
        }
        post(GUID, 2 * NCT, 1);
        compare("posts", ambassador, calls, 80);
    }

    function test_assertions() public {
        postAll();
        bytes[] memory calls = new bytes[](ACTIONS);
        for (uint128 i = 0; i < ACTIONS; ++i) {
            calls[i] = asserting(engines[0], GUID + i, 1);
        }
        compare("assertions", engines[0], calls, 80);
    }

    function test_reveals() public {
        postAll();
        bytes[] memory calls = new bytes[](ACTIONS);
        for (uint128 i = 0; i < ACTIONS; ++i) {
            vm.prank(engines[0]);
            (bool done,) = address(registry).call(asserting(engines[0], GUID + i, 1));
            vm.assertTrue(done);
            calls[i] = revealing(GUID + i, 0, 1);
        }
        toReveal();
        compare("reveals", engines[0], calls, 65);
    }

    function test_votes() public {
        postAll();
        bytes[] memory calls = new bytes[](ACTIONS);
        for (uint128 i = 0; i < ACTIONS; ++i) {
            calls[i] = voting(GUID + i, 1);
        }
        toVote();
        compare("votes", arbiters[0], calls, 70);
    }

    function postAll() private {
        for (uint128 i = 0; i < ACTIONS; ++i) {
            post(GUID + i, 2 * NCT, 1);
        }
    }

    /// @param most The most that the batch may cost, in percent of the ten.
    function compare(string memory what, address sender, bytes[] memory calls, uint256 most) private {
        uint256 start = vm.snapshotState();
        uint256 single;
        for (uint256 i = 0; i < ACTIONS; ++i) {
            vm.prank(sender);
            (bool done,) = address(registry).call(calls[i]);
            vm.assertTrue(done);
            single += vm.lastCallGas().gasTotalUsed;
        }
        vm.revertToState(start);
        assertAllDone(together(sender, calls));
        uint256 batched = vm.lastCallGas().gasTotalUsed;
        vm.snapshotValue("batch-10", string.concat(what, "Alone"), single);
        vm.snapshotValue("batch-10", what, batched);
        vm.assertLe(batched * 100, single * most, what);
    }
}
