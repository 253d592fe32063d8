// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBountyRegistry} from "./interfaces/IBountyRegistry.sol";
import {IKeeper} from "./interfaces/IKeeper.sol";

/// @title Brings onto the chain together what is due to many
/// @notice See `IKeeper`. Holds neither money nor state, and has no rights that others do not have: whoever finds a
/// better way to batch deploys another one, and the registry does not notice.
contract Keeper is IKeeper {
    /// @dev What is spent between looking at the gas and giving it away: encoding an item, and making the call.
    uint256 private constant OVERHEAD = 10_000;

    IBountyRegistry private immutable _registry;

    constructor(address registry_) {
        _registry = IBountyRegistry(registry_);
    }

    /// @inheritdoc IKeeper
    function bring(uint256 gasEach, Opening[] calldata openings, Claim[] calldata claims)
        external
        returns (bool[] memory revealed, bool[] memory settled)
    {
        bool any;
        revealed = new bool[](openings.length);
        settled = new bool[](claims.length);
        for (uint256 i = 0; i < openings.length; ++i) {
            _requireGas(gasEach);
            Opening calldata opening = openings[i];
            try _registry.revealFor{gas: gasEach}(
                opening.bountyGuid, opening.author, opening.nonce, opening.verdicts, opening.metadata
            ) {
                revealed[i] = true;
                any = true;
            } catch {}
        }
        for (uint256 i = 0; i < claims.length; ++i) {
            _requireGas(gasEach);
            try _registry.settleFor{gas: gasEach}(claims[i].bountyGuid, claims[i].account) {
                settled[i] = true;
                any = true;
            } catch {}
        }
        if (!any) revert KeeperNothingDone();
    }

    /// @inheritdoc IKeeper
    function registry() external view returns (address) {
        return address(_registry);
    }

    /// @dev A call gets at most 63/64 of what is left.
    function _requireGas(uint256 gasEach) private view {
        uint256 left = gasleft();
        if (left < OVERHEAD || left - OVERHEAD - (left - OVERHEAD) / 64 < gasEach) revert KeeperGasTooLow(gasEach);
    }
}
