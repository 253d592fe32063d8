// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {InvariantTest} from "../base/InvariantTest.sol";
import {MarketHandler} from "./MarketHandler.sol";

/// @title What holds in the market whatever anybody does
contract MarketInvariants is InvariantTest {
    MarketHandler private _handler;

    function setUp() public {
        _handler = new MarketHandler();
        fuzz(address(_handler));
        offer(MarketHandler.postBounty.selector, 1);
        offer(MarketHandler.postAssertion.selector, 3);
        offer(MarketHandler.revealAssertion.selector, 3);
        offer(MarketHandler.voteOnBounty.selector, 2);
        offer(MarketHandler.settleBounty.selector, 2);
        offer(MarketHandler.settleTogether.selector, 1);
        offer(MarketHandler.advance.selector, 2);
        offer(MarketHandler.deposit.selector, 1);
        offer(MarketHandler.withdraw.selector, 1);
        offer(MarketHandler.govern.selector, 1);
        offer(MarketHandler.misuse.selector, 1);
    }

    /// @dev Tokens are conserved to the last unit; the registry holds exactly the sum of what its bounties hold; stakes
    /// are all there, and free exactly when they should be; every bounty is in the round that its blocks and votes say.
    function invariant_market() external view {
        _handler.assertConserved();
        _handler.assertRounds();
        _handler.assertStakesAreFreeOrLocked();
    }

    /// @dev A bounty that is over can be settled by each party for ever, once, for what the rules say, and is then
    /// empty.
    function afterInvariant() external {
        _handler.settleEverything();
        _handler.assertConserved();
    }
}
