// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Vm} from "./Vm.sol";

/// @title What every test has at hand
abstract contract Test {
    /// @dev The address that forge answers at: the hash of "hevm cheat code".
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// @dev A number between two bounds, both included, that a fuzzer's input decides on.
    function bound(uint256 input, uint256 minimum, uint256 maximum) internal pure returns (uint256) {
        if (input >= minimum && input <= maximum) return input;
        uint256 size = maximum - minimum + 1;
        return size == 0 ? input : minimum + input % size;
    }

    /// @dev An address of that name, and of no other.
    function account(string memory name) internal returns (address named) {
        named = vm.addr(uint256(keccak256(bytes(name))));
        vm.label(named, name);
    }
}
