// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "./base/Test.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {NectarToken} from "src/NectarToken.sol";
import {IApprovalReceiver} from "src/interfaces/IApprovalReceiver.sol";
import {INectarToken} from "src/interfaces/INectarToken.sol";

/// @dev Pulls half of what was approved, and understands only calls that say "yes".
contract Receiver is IApprovalReceiver {
    function receiveApproval(address from, uint256 value, address token, bytes calldata data) external returns (bool) {
        NectarToken(token).transferFrom(from, address(this), value / 2);
        return keccak256(data) == keccak256("yes");
    }
}

contract NectarTokenTest is Test {
    NectarToken internal token;
    address internal alice = account("alice");
    address internal bob = account("bob");

    function setUp() public {
        token = new NectarToken();
        token.mint(alice, 100);
    }

    function test_isNectar() public view {
        vm.assertEq(token.name(), "Nectar");
        vm.assertEq(token.symbol(), "NCT");
        vm.assertEq(token.decimals(), 18);
        vm.assertEq(token.owner(), address(this));
        vm.assertTrue(token.isOwner());
        vm.assertTrue(token.isMinter(address(this)));
        vm.assertFalse(token.transfersEnabled());
    }

    function test_nobodyTransfersBeforeItIsEnabled() public {
        vm.prank(alice);
        token.approve(bob, 10);
        token.mint(address(this), 10);
        bytes memory disabled = abi.encodeWithSelector(INectarToken.NectarTokenTransfersDisabled.selector);
        vm.expectRevert(disabled);
        vm.prank(alice);
        token.transfer(bob, 1);
        vm.expectRevert(disabled);
        vm.prank(bob);
        token.transferFrom(alice, bob, 1);
        vm.expectRevert(disabled);
        token.transfer(bob, 1); // neither does the owner and minter
    }

    function test_mintingAndBurningArePossibleBefore() public {
        vm.prank(alice);
        token.burn(40);
        vm.prank(alice);
        token.approve(bob, 10);
        vm.prank(bob);
        token.burnFrom(alice, 10);
        vm.assertEq(token.balanceOf(alice), 50);
        vm.assertEq(token.totalSupply(), 50);
    }

    function test_transfersAreEnabledOnceByTheOwner() public {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, alice));
        vm.prank(alice);
        token.enableTransfers();
        vm.expectEmit(address(token));
        emit INectarToken.TransfersEnabled();
        token.enableTransfers();
        vm.prank(alice);
        token.transfer(bob, 1);
        vm.assertEq(token.balanceOf(bob), 1);
        vm.expectRevert(abi.encodeWithSelector(INectarToken.NectarTokenTransfersAlreadyEnabled.selector));
        token.enableTransfers();
    }

    function test_minters() public {
        bytes memory unauthorized = abi.encodeWithSelector(INectarToken.NectarTokenUnauthorizedMinter.selector, alice);
        vm.expectRevert(unauthorized);
        vm.prank(alice);
        token.mint(alice, 1);
        vm.expectRevert(unauthorized);
        vm.prank(alice);
        token.addMinter(alice);
        vm.expectRevert(unauthorized);
        vm.prank(alice);
        token.renounceMinter();
        vm.expectEmit(address(token));
        emit INectarToken.MinterAdded(alice);
        token.addMinter(alice);
        vm.expectRevert(abi.encodeWithSelector(INectarToken.NectarTokenAlreadyMinter.selector, alice));
        token.addMinter(alice);
        vm.prank(alice);
        vm.assertTrue(token.mint(bob, 5));
        vm.expectEmit(address(token));
        emit INectarToken.MinterRemoved(alice);
        vm.prank(alice);
        token.renounceMinter();
        vm.assertFalse(token.isMinter(alice));
    }

    function test_allowances() public {
        vm.startPrank(alice);
        vm.assertTrue(token.increaseAllowance(bob, 7));
        vm.assertTrue(token.increaseAllowance(bob, 3));
        vm.assertEq(token.allowance(alice, bob), 10);
        vm.assertTrue(token.decreaseAllowance(bob, 10));
        vm.assertEq(token.allowance(alice, bob), 0);
        vm.expectRevert(abi.encodeWithSelector(INectarToken.NectarTokenAllowanceBelowZero.selector, bob, 0, 1));
        token.decreaseAllowance(bob, 1);
        vm.stopPrank();
    }

    function test_approveAndCall() public {
        token.enableTransfers();
        address receiver = address(new Receiver());
        vm.prank(alice);
        vm.assertTrue(token.approveAndCall(receiver, 50, "yes"));
        vm.assertEq(token.balanceOf(receiver), 25);
        vm.assertEq(token.allowance(alice, receiver), 25);
        vm.expectRevert(abi.encodeWithSelector(INectarToken.NectarTokenApprovalNotReceived.selector, receiver));
        vm.prank(alice);
        token.approveAndCall(receiver, 50, "no");
    }

    function test_permit() public {
        uint256 key = uint256(keccak256("alice"));
        bytes32 typehash =
            keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 content = keccak256(abi.encode(typehash, alice, bob, 9, 0, block.timestamp));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), content));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        token.permit(alice, bob, 9, block.timestamp, v, r, s);
        vm.assertEq(token.allowance(alice, bob), 9);
        vm.assertEq(token.nonces(alice), 1);
        vm.expectPartialRevert(ERC20Permit.ERC2612InvalidSigner.selector);
        token.permit(alice, bob, 9, block.timestamp, v, r, s); // a permit is used once
    }

    function test_ownerChangesInTwoSteps() public {
        token.transferOwnership(alice);
        vm.assertEq(token.owner(), address(this));
        vm.prank(alice);
        token.acceptOwnership();
        vm.assertEq(token.owner(), alice);
        vm.assertFalse(token.isOwner());
        vm.prank(alice);
        token.renounceOwnership();
        vm.assertEq(token.owner(), address(0));
    }

    function test_fuzz_supplyIsTheSumOfBalances(uint96 minted, uint96 burned) public {
        token.mint(bob, minted);
        if (burned > minted) {
            vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, bob, minted, burned));
        }
        vm.prank(bob);
        token.burn(burned);
        vm.assertEq(token.totalSupply(), token.balanceOf(alice) + token.balanceOf(bob));
    }
}
