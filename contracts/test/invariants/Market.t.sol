// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "../base/Test.sol";
import {MarketHandler} from "./MarketHandler.sol";

/// @title What holds whatever anybody does
contract MarketInvariants is Test {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    MarketHandler private _handler;

    function setUp() public {
        _handler = new MarketHandler();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        // Steps that time passes by are offered more often than others.
        bytes4[16] memory steps = [
            MarketHandler.postBounty.selector,
            MarketHandler.postAssertion.selector,
            MarketHandler.postAssertion.selector,
            MarketHandler.postAssertion.selector,
            MarketHandler.revealAssertion.selector,
            MarketHandler.revealAssertion.selector,
            MarketHandler.revealAssertion.selector,
            MarketHandler.voteOnBounty.selector,
            MarketHandler.voteOnBounty.selector,
            MarketHandler.settleBounty.selector,
            MarketHandler.settleBounty.selector,
            MarketHandler.advance.selector,
            MarketHandler.deposit.selector,
            MarketHandler.withdraw.selector,
            MarketHandler.govern.selector,
            MarketHandler.misuse.selector
        ];
        targets = new FuzzSelector[](1);
        targets[0].addr = address(_handler);
        targets[0].selectors = new bytes4[](16);
        for (uint256 i = 0; i < 16; ++i) {
            targets[0].selectors[i] = steps[i];
        }
    }

    /// @dev Tokens are conserved to the last unit; the registry holds exactly the sum of what its bounties hold; stakes are
    /// all there, and free exactly when they should be; every bounty is in the round that its blocks and votes say.
    function invariant_market() external view {
        _handler.assertConserved();
        _handler.assertRounds();
        _handler.assertStakesAreFreeOrLocked();
    }

    /// @dev A bounty that is over can be settled by each party for ever, once, for what the rules say, and is then empty.
    function afterInvariant() external {
        _handler.settleEverything();
        _handler.assertConserved();
    }
}
