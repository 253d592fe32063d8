// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketTest} from "../base/MarketTest.sol";
import {ERC20Relay} from "src/ERC20Relay.sol";
import {OfferMultiSig} from "src/OfferMultiSig.sol";
import {OfferRegistry} from "src/OfferRegistry.sol";

/// @title How large the contracts are
/// @notice No chain takes more than 24,576 bytes. `snapshots/` holds the sizes.
contract CodeSizeTest is MarketTest {
    uint256 private constant MAXIMUM = 24_576;

    function test_everyContractFits() public {
        OfferRegistry offers = new OfferRegistry(address(token));
        address channel = address(new OfferMultiSig(address(token), ambassador, engines[0], 10));
        measure("NectarToken", address(token));
        measure("ArbiterStaking", address(staking));
        measure("BountyRegistry", address(registry));
        measure("Keeper", address(keeper));
        measure("OfferRegistry", address(offers));
        measure("OfferMultiSig", channel);
        measure("ERC20Relay", address(new ERC20Relay(address(token), 0, address(0), arbiters)));
    }

    function measure(string memory name, address deployed) private {
        vm.snapshotValue("code-size", name, deployed.code.length);
        vm.assertLe(deployed.code.length, MAXIMUM, name);
    }
}
