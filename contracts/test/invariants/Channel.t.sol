// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {InvariantTest} from "../base/InvariantTest.sol";
import {ChannelHandler} from "./ChannelHandler.sol";

/// @title What holds in a channel whatever its parties show it
contract ChannelInvariants is InvariantTest {
    ChannelHandler private _handler;

    function setUp() public {
        _handler = new ChannelHandler();
        fuzz(address(_handler));
        offer(ChannelHandler.open.selector, 2);
        offer(ChannelHandler.join.selector, 2);
        offer(ChannelHandler.cancel.selector, 1);
        offer(ChannelHandler.agree.selector, 3);
        offer(ChannelHandler.deposit.selector, 2);
        offer(ChannelHandler.close.selector, 2);
        offer(ChannelHandler.startSettle.selector, 1);
        offer(ChannelHandler.challengeSettle.selector, 2);
        offer(ChannelHandler.closeWithTimeout.selector, 2);
        offer(ChannelHandler.advance.selector, 2);
        offer(ChannelHandler.misuse.selector, 1);
    }

    /// @dev The channel holds what was put in, and has paid exactly the last states that were agreed.
    function invariant_channel() external view {
        _handler.assertExact();
    }

    /// @dev One party alone gets everybody's money out within one settlement period.
    function afterInvariant() external {
        _handler.endWithoutConsent();
    }
}
