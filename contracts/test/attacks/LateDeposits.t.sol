// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ChannelTest} from "../base/ChannelTest.sol";
import {IOfferMultiSig} from "src/interfaces/IOfferMultiSig.sol";

/// @title A deposit that both signed, and that is made when it undoes what was paid since
contract LateDepositsTest is ChannelTest {
    uint256 private constant DEADLINE = 1010;

    /// @dev Why nobody signs a payment while a deposit can still be made: it divides what the channel held before.
    function test_aDepositUndoesPaymentsThatWereSignedBeforeItWasMade() public {
        openAndJoin();
        bytes memory payment = state(0, 2, 0, 110); // the ambassador pays all that it has
        deposit(ambassador, depositOfOne(DEADLINE));
        Signatures memory both = signed(payment);
        vm.expectRevert(abi.encodeWithSelector(IOfferMultiSig.OfferStateTotalMismatch.selector, 110, 111));
        vm.prank(expert);
        channel.startSettle(payment, both.v, both.r, both.s);
    }

    function test_aDepositIsNotMadeAfterItsDeadline() public {
        openAndJoin();
        bytes memory late = depositOfOne(DEADLINE);
        vm.roll(DEADLINE + 1);
        bytes memory payment = state(0, 2, 0, 110); // signed once the deadline is over
        refuseDeposit(late, DEADLINE);
        startSettle(expert, payment);
        vm.roll(block.number + PERIOD);
        closeWithTimeout(expert, payment);
        vm.assertEq(token.balanceOf(expert), 1100);
    }

    function test_aDepositWithoutADeadlineIsNeverMade() public {
        openAndJoin();
        refuseDeposit(depositOfOne(0), 0);
        refuseDeposit(depositOfOne(type(uint256).max), type(uint256).max);
    }

    /// @dev Ambassador and expert sign that the ambassador adds 1 to its 100.
    function depositOfOne(uint256 deadline) private view returns (bytes memory) {
        uint256[17] memory content = words(0, 1, 101, 10);
        content[12] = deadline;
        return abi.encode(content);
    }

    function refuseDeposit(bytes memory content, uint256 deadline) private {
        Signatures memory both = signed(content);
        vm.expectRevert(
            abi.encodeWithSelector(
                IOfferMultiSig.OfferDepositDeadlineOutOfRange.selector, deadline, block.number, block.number + 3600
            )
        );
        vm.prank(ambassador);
        channel.depositFunds(content, both.v, both.r, both.s);
    }
}
