// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "../base/Test.sol";
import {ERC20Relay} from "src/ERC20Relay.sol";
import {NectarToken} from "src/NectarToken.sol";
import {IERC20Relay} from "src/interfaces/IERC20Relay.sol";

/// @title Several transfers to the relay in one transaction
contract RelayTransfersTest is Test {
    uint256 private constant AMOUNT = 1000 ether;
    bytes32 private constant TX = "transaction";
    bytes32 private constant BLOCK = "block";

    NectarToken private token;
    ERC20Relay private relay;
    address[] private verifiers;
    address private alice = account("alice");
    address private bob = account("bob");

    function setUp() public {
        token = new NectarToken();
        token.enableTransfers();
        for (uint256 i = 0; i < 3; ++i) {
            verifiers.push(account(string.concat("verifier ", vm.toString(i))));
        }
        relay = new ERC20Relay(address(token), 0, address(0), verifiers);
        token.mint(address(relay), 10 * AMOUNT);
    }

    function test_oldRule_theSecondTransferOfATransactionIsStuck() public {
        approveWhole(0, alice);
        approveWhole(1, alice);
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayAlreadyProcessed.selector, TX));
        approveWhole(0, bob);
    }

    function test_eachTransferOfATransactionIsPaidOnce() public {
        approve(0, alice, 1);
        approve(1, alice, 1);
        approve(0, bob, 2);
        approve(1, bob, 2);
        // The same amount to the same account twice is two transfers, too.
        approve(0, alice, 3);
        approve(1, alice, 3);
        vm.assertEq(token.balanceOf(alice), 2 * AMOUNT);
        vm.assertEq(token.balanceOf(bob), AMOUNT);
    }

    function test_aTransferIsNotPaidAgainInAnotherBlock() public {
        approve(0, alice, 1);
        approve(1, alice, 1);
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayAlreadyProcessed.selector, TX));
        vm.prank(verifiers[2]);
        relay.approveTransfer(alice, AMOUNT, TX, "other block", 8, 1);
    }

    function test_aTransferIsNotPaidAgainInTheOldForm() public {
        approve(0, alice, 1);
        approve(1, alice, 1);
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayAlreadyProcessed.selector, TX));
        approveWhole(0, alice);
    }

    function test_aTransactionIsNotPaidAgainByItsTransfers() public {
        approveWhole(0, alice);
        approveWhole(1, alice);
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayAlreadyProcessed.selector, TX));
        approve(0, alice, 1);
        vm.assertEq(token.balanceOf(alice), AMOUNT);
    }

    function test_approvalsOfTheTwoFormsAreNotCountedTogether() public {
        approveWhole(0, alice);
        approve(1, alice, 1);
        vm.assertEq(token.balanceOf(alice), 0);
        approve(2, alice, 1);
        vm.assertEq(token.balanceOf(alice), AMOUNT);
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayAlreadyProcessed.selector, TX));
        approveWhole(1, alice);
    }

    function approve(uint256 verifier, address destination, uint256 logIndex) private {
        vm.prank(verifiers[verifier]);
        relay.approveTransfer(destination, AMOUNT, TX, BLOCK, 7, logIndex);
    }

    function approveWhole(uint256 verifier, address destination) private {
        vm.prank(verifiers[verifier]);
        relay.approveWithdrawal(destination, AMOUNT, TX, BLOCK, 7);
    }
}
