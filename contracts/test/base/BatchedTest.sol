// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketTest} from "./MarketTest.sol";
import {Vm} from "./Vm.sol";
import {IBountyRegistry} from "src/interfaces/IBountyRegistry.sol";
import {Commitment} from "src/libraries/Commitment.sol";

/// @title Calls of one account, made in a batch and one by one
abstract contract BatchedTest is MarketTest {
    /// @dev What calls came to: which succeeded, what was said, and every slot that was written.
    struct Outcome {
        bool[] done;
        bytes32 said;
        bytes32 written;
    }

    /// @dev A slot of a contract.
    struct Slot {
        address owner;
        bytes32 slot;
    }

    /// @dev Makes the calls in both ways from the same state, and compares all that can be seen of it afterwards. Leaves
    /// the market as the batch has left it.
    function batchAsAlone(address sender, bytes[] memory calls) internal returns (bool[] memory) {
        uint256 start = vm.snapshotState();
        vm.record();
        alone(sender, calls);
        Slot[] memory slots = writtenSlots();
        vm.revertToState(start);
        vm.record();
        together(sender, calls);
        slots = concat(slots, writtenSlots());
        vm.revertToState(start);
        vm.recordLogs();
        Outcome memory one = Outcome(alone(sender, calls), loggedSince(), valuesOf(slots));
        vm.revertToState(start);
        vm.recordLogs();
        Outcome memory all = Outcome(together(sender, calls), loggedSince(), valuesOf(slots));
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.assertEq(all.done[i], one.done[i], string.concat("call ", vm.toString(i)));
        }
        vm.assertEq(all.said, one.said);
        vm.assertEq(all.written, one.written);
        return all.done;
    }

    function alone(address sender, bytes[] memory calls) internal returns (bool[] memory done) {
        done = new bool[](calls.length);
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.prank(sender);
            (done[i],) = address(registry).call(calls[i]);
        }
    }

    /// @dev A batch that says that nothing was done has done nothing.
    function together(address sender, bytes[] memory calls) internal returns (bool[] memory) {
        vm.prank(sender);
        try registry.batch(calls) returns (bool[] memory done) {
            return done;
        } catch (bytes memory reason) {
            vm.assertEq(reason, abi.encodeWithSelector(IBountyRegistry.BatchNothingDone.selector));
            return new bool[](calls.length);
        }
    }

    // ---- calls

    function posting(uint128 guid, uint256 numArtifacts) internal view returns (bytes memory) {
        uint256[8] memory bloom;
        return
            abi.encodeCall(
                registry.postBounty, (guid, 0, 2 * NCT * numArtifacts, URI, numArtifacts, DURATION, bloom, "")
            );
    }

    function asserting(address engine, uint128 guid, uint256 verdicts) internal view returns (bytes memory) {
        uint256 commitment = Commitment.bind(guid, engine, verdicts, "", NONCE);
        return abi.encodeCall(registry.postSealedAssertion, (guid, repeated(NCT, 1), 1, commitment));
    }

    function assertingAsOriginal(address engine, uint128 guid, uint256 verdicts) internal view returns (bytes memory) {
        uint256 commitment = Commitment.seal(verdicts, NONCE, engine);
        return abi.encodeCall(registry.postAssertion, (guid, repeated(NCT, 1), 1, commitment));
    }

    function revealing(uint128 guid, uint256 index, uint256 verdicts) internal view returns (bytes memory) {
        return abi.encodeCall(registry.revealAssertion, (guid, index, NONCE, verdicts, ""));
    }

    function voting(uint128 guid, uint256 votes) internal view returns (bytes memory) {
        return abi.encodeCall(registry.voteOnBounty, (guid, votes, true));
    }

    function settling(uint128 guid) internal view returns (bytes memory) {
        return abi.encodeCall(registry.settleBounty, (guid));
    }

    function calls2(bytes memory first, bytes memory second) internal pure returns (bytes[] memory calls) {
        calls = new bytes[](2);
        (calls[0], calls[1]) = (first, second);
    }

    function assertAllDone(bool[] memory done) internal pure {
        for (uint256 i = 0; i < done.length; ++i) {
            vm.assertTrue(done[i], vm.toString(i));
        }
    }

    // ---- what can be seen

    function loggedSince() private returns (bytes32) {
        return keccak256(abi.encode(vm.getRecordedLogs()));
    }

    /// @dev All that was written since `record`, also by calls that were undone.
    function writtenSlots() private returns (Slot[] memory slots) {
        address[3] memory contracts = [address(registry), address(token), address(staking)];
        slots = new Slot[](0);
        for (uint256 i = 0; i < 3; ++i) {
            (, bytes32[] memory writes) = vm.accesses(contracts[i]);
            Slot[] memory own = new Slot[](writes.length);
            for (uint256 j = 0; j < writes.length; ++j) {
                own[j] = Slot(contracts[i], writes[j]);
            }
            slots = concat(slots, own);
        }
    }

    function valuesOf(Slot[] memory slots) private view returns (bytes32) {
        bytes32[] memory values = new bytes32[](slots.length);
        for (uint256 i = 0; i < slots.length; ++i) {
            values[i] = vm.load(slots[i].owner, slots[i].slot);
        }
        return keccak256(abi.encode(values));
    }

    function concat(Slot[] memory first, Slot[] memory second) private pure returns (Slot[] memory both) {
        both = new Slot[](first.length + second.length);
        for (uint256 i = 0; i < both.length; ++i) {
            both[i] = i < first.length ? first[i] : second[i - first.length];
        }
    }
}
