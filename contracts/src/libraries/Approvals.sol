// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";

/// @title Who approved what
/// @notice A list of accounts for each key. A list is as short as there are verifiers that ever approved its key.
library Approvals {
    using EnumerableSet for EnumerableSet.AddressSet;

    /// @notice Adds an account to the list of a key
    /// @param lists The lists
    /// @param key The key
    /// @param account The account, not in the list
    function add(mapping(bytes32 => address[]) storage lists, bytes32 key, address account) internal {
        lists[key].push(account);
    }

    /// @notice Takes an account from the list of a key
    /// @param lists The lists
    /// @param key The key
    /// @param account The account
    function remove(mapping(bytes32 => address[]) storage lists, bytes32 key, address account) internal {
        address[] storage list = lists[key];
        for (uint256 i = 0; i < list.length; ++i) {
            if (list[i] != account) continue;
            list[i] = list[list.length - 1];
            list.pop();
            return;
        }
    }

    /// @notice How many accounts in the list of a key are verifiers now
    /// @param lists The lists
    /// @param key The key
    /// @param verifiers The verifiers
    /// @return valid The number
    function count(mapping(bytes32 => address[]) storage lists, bytes32 key, EnumerableSet.AddressSet storage verifiers)
        internal
        view
        returns (uint256 valid)
    {
        address[] storage list = lists[key];
        for (uint256 i = 0; i < list.length; ++i) {
            if (verifiers.contains(list[i])) ++valid;
        }
    }
}
