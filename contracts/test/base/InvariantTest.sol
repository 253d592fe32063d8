// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "./Test.sol";

/// @title A test that lets the fuzzer call a handler's functions in any order
abstract contract InvariantTest is Test {
    /// @dev What forge asks for under this name and in this shape.
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    address private _handler;
    bytes4[] private _steps;

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = _handler;
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(_handler, _steps);
    }

    function fuzz(address handler) internal {
        _handler = handler;
    }

    /// @dev A step is chosen as often as its weight says.
    function offer(bytes4 step, uint256 weight) internal {
        for (uint256 i = 0; i < weight; ++i) {
            _steps.push(step);
        }
    }
}
