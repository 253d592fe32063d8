// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "../base/Test.sol";
import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import {Approvals} from "src/libraries/Approvals.sol";

contract ApprovalsTest is Test {
    using Approvals for mapping(bytes32 => address[]);
    using EnumerableSet for EnumerableSet.AddressSet;

    mapping(bytes32 key => address[]) private _lists;
    EnumerableSet.AddressSet private _verifiers;

    /// @dev Accounts approve and take back in any order, verifiers come and go: those count that did and are.
    function test_fuzz_countsWhoApprovedAndIsAVerifier(uint256 seed) public {
        bool[8][2] memory approved;
        for (uint256 step = 0; step < 60; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            address who = address(uint160(1 + seed % 8));
            uint256 key = (seed >> 8) % 2;
            if ((seed >> 16) % 4 == 0) {
                if (!_verifiers.remove(who)) _verifiers.add(who);
            } else if (approved[key][seed % 8]) {
                _lists.remove(bytes32(key), who);
                approved[key][seed % 8] = false;
            } else {
                _lists.add(bytes32(key), who);
                approved[key][seed % 8] = true;
            }
            for (uint256 k = 0; k < 2; ++k) {
                uint256 expected;
                for (uint256 i = 0; i < 8; ++i) {
                    if (approved[k][i] && _verifiers.contains(address(uint160(1 + i)))) ++expected;
                }
                vm.assertEq(_lists.count(bytes32(k), _verifiers), expected);
            }
        }
    }

    function test_removingWhoIsNotInTheListChangesNothing() public {
        _lists.add(0, address(1));
        _lists.remove(0, address(2));
        _verifiers.add(address(1));
        vm.assertEq(_lists.count(0, _verifiers), 1);
    }
}
