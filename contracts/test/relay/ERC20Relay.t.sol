// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "../base/Test.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ERC20Relay} from "src/ERC20Relay.sol";
import {NectarToken} from "src/NectarToken.sol";
import {IERC20Relay} from "src/interfaces/IERC20Relay.sol";

contract ERC20RelayTest is Test {
    uint256 internal constant AMOUNT = 1000 ether;
    bytes32 internal constant TX = "transaction";
    bytes32 internal constant BLOCK = "block";

    NectarToken internal token;
    ERC20Relay internal relay;
    address[] internal verifiers;
    address internal alice = account("alice");
    address internal wallet = account("fee wallet");
    address internal stranger = account("stranger");

    function setUp() public {
        token = new NectarToken();
        token.enableTransfers();
        for (uint256 i = 0; i < 5; ++i) {
            verifiers.push(account(string.concat("verifier ", vm.toString(i))));
        }
        relay = new ERC20Relay(address(token), 66_401, wallet, verifiers);
        token.mint(address(relay), 10 * AMOUNT);
    }

    // ---- what it is made of

    function test_feesAndQuorumAreThoseOfTheOriginal() public {
        vm.assertEq(relay.VERSION(), "1.2.1");
        vm.assertEq(relay.fees(), uint256(54_301 * 5 + 73_458) * 20 gwei * 66_401);
        vm.assertEq(relay.fees() / 1e16, 45_811); // 458.12 NCT
        vm.assertEq(relay.requiredVerifiers(), 3);
        vm.assertEq(relay.verifierCount(), 5);
        relay.removeVerifier(verifiers[4]);
        vm.assertEq(relay.requiredVerifiers(), 2);
        relay.removeVerifier(verifiers[3]);
        vm.assertEq(relay.requiredVerifiers(), 2);
        relay.setNctEthExchangeRate(80_972);
        vm.assertEq(relay.fees() / 1e16, 38_277); // 382.77 NCT
    }

    function test_constructor_refusals() public {
        address[] memory two = new address[](2);
        (two[0], two[1]) = (verifiers[0], verifiers[1]);
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayTokenMissing.selector));
        new ERC20Relay(address(0), 0, wallet, verifiers);
        expectCount(2);
        new ERC20Relay(address(token), 0, wallet, two);
        address[] memory same = new address[](3);
        (same[0], same[1], same[2]) = (verifiers[0], verifiers[1], verifiers[1]);
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayVerifierInvalid.selector, verifiers[1]));
        new ERC20Relay(address(token), 0, wallet, same);
        same[2] = address(0);
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayVerifierInvalid.selector, address(0)));
        new ERC20Relay(address(token), 0, wallet, same);
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayFeeWalletMissing.selector));
        new ERC20Relay(address(token), 1, address(0), verifiers);
        ERC20Relay free = new ERC20Relay(address(token), 0, address(0), verifiers);
        vm.assertEq(free.fees(), 0);
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayFeeWalletMissing.selector));
        free.setNctEthExchangeRate(1);
    }

    // ---- withdrawals

    function test_withdrawal_isPaidByTheVerifierThatCompletesTheQuorum() public {
        approve(0, AMOUNT);
        approve(1, AMOUNT);
        vm.assertEq(token.balanceOf(alice), 0);
        vm.expectEmit(address(relay));
        emit IERC20Relay.WithdrawalProcessed(alice, AMOUNT, TX, BLOCK, 7);
        approve(2, AMOUNT);
        vm.assertEq(token.balanceOf(alice), AMOUNT - relay.fees());
        vm.assertEq(token.balanceOf(wallet), relay.fees());
        vm.assertTrue(relay.isProcessed(TX));
        (address destination, uint256 amount, bool processed) = relay.withdrawals(key(AMOUNT, TX, BLOCK));
        vm.assertEq(destination, alice);
        vm.assertEq(amount, AMOUNT);
        vm.assertTrue(processed);
        vm.assertEq(relay.withdrawalApprovals(key(AMOUNT, TX, BLOCK), 2), verifiers[2]);
    }

    function test_withdrawal_isPaidOnce() public {
        approve(0, AMOUNT);
        approve(1, AMOUNT);
        approve(2, AMOUNT);
        approve(3, AMOUNT); // comes late, and changes nothing
        vm.assertEq(token.balanceOf(alice), AMOUNT - relay.fees());
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayAlreadyProcessed.selector, TX));
        approve(3, 2 * AMOUNT);
        // Neither in another block, as after a reorganisation of the other chain.
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayAlreadyProcessed.selector, TX));
        vm.prank(verifiers[3]);
        relay.approveWithdrawal(alice, AMOUNT, TX, "other block", 8);
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayAlreadyProcessed.selector, TX));
        vm.prank(verifiers[0]);
        relay.unapproveWithdrawal(TX, BLOCK, 7);
    }

    function test_withdrawal_isNotStoppedByAVerifierThatLies() public {
        approve(0, 2 * AMOUNT);
        approve(1, AMOUNT);
        approve(2, AMOUNT);
        approve(3, AMOUNT);
        vm.assertEq(token.balanceOf(alice), AMOUNT - relay.fees());
    }

    function test_transfer_isPaidByTheVerifierThatCompletesTheQuorum() public {
        approveTransfer(0, AMOUNT, 4);
        approveTransfer(1, AMOUNT, 4);
        vm.assertEq(token.balanceOf(alice), 0);
        vm.expectEmit(address(relay));
        emit IERC20Relay.WithdrawalProcessed(alice, AMOUNT, TX, BLOCK, 7);
        approveTransfer(2, AMOUNT, 4);
        approveTransfer(3, AMOUNT, 4); // comes late, and changes nothing
        vm.assertEq(token.balanceOf(alice), AMOUNT - relay.fees());
        vm.assertTrue(relay.isTransferProcessed(TX, 4));
        vm.assertFalse(relay.isTransferProcessed(TX, 5));
        (,, bool processed) = relay.withdrawals(keccak256(abi.encode(alice, AMOUNT, TX, BLOCK, 7, 4)));
        vm.assertTrue(processed);
    }

    function test_transfer_approvalsCanBeTakenBack() public {
        approveTransfer(0, AMOUNT, 4);
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayAlreadyApproved.selector, verifiers[0]));
        approveTransfer(0, 2 * AMOUNT, 4);
        vm.startPrank(verifiers[0]);
        relay.unapproveTransfer(TX, BLOCK, 7, 4);
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayNotApproved.selector, verifiers[0]));
        relay.unapproveTransfer(TX, BLOCK, 7, 4);
        vm.stopPrank();
        approveTransfer(1, AMOUNT, 4);
        approveTransfer(2, AMOUNT, 4);
        vm.assertFalse(relay.isTransferProcessed(TX, 4));
        approveTransfer(0, AMOUNT, 4);
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayAlreadyProcessed.selector, TX));
        vm.prank(verifiers[0]);
        relay.unapproveTransfer(TX, BLOCK, 7, 4);
    }

    function test_transfer_refusals() public {
        vm.startPrank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayUnauthorizedAccount.selector, stranger));
        relay.approveTransfer(alice, AMOUNT, TX, BLOCK, 7, 4);
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayUnauthorizedAccount.selector, stranger));
        relay.unapproveTransfer(TX, BLOCK, 7, 4);
        vm.stopPrank();
        uint256 fees = relay.fees();
        vm.startPrank(verifiers[0]);
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayAmountBelowFees.selector, fees, fees));
        relay.approveTransfer(alice, fees, TX, BLOCK, 7, 4);
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayDestinationInvalid.selector, address(0)));
        relay.approveTransfer(address(0), AMOUNT, TX, BLOCK, 7, 4);
        vm.stopPrank();
    }

    function test_withdrawal_approvalsCanBeTakenBack() public {
        approve(0, AMOUNT);
        approve(1, AMOUNT);
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayAlreadyApproved.selector, verifiers[0]));
        approve(0, 2 * AMOUNT);
        vm.prank(verifiers[0]);
        relay.unapproveWithdrawal(TX, BLOCK, 7);
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayNotApproved.selector, verifiers[0]));
        vm.prank(verifiers[0]);
        relay.unapproveWithdrawal(TX, BLOCK, 7);
        vm.assertEq(relay.withdrawalApprovals(key(AMOUNT, TX, BLOCK), 0), verifiers[1]);
        approve(2, AMOUNT);
        vm.prank(verifiers[2]); // the last in the list
        relay.unapproveWithdrawal(TX, BLOCK, 7);
        approve(2, AMOUNT);
        vm.assertFalse(relay.isProcessed(TX));
        approve(0, AMOUNT);
        vm.assertTrue(relay.isProcessed(TX));
    }

    function test_withdrawal_approvalsOfFormerVerifiersDoNotCount() public {
        approve(0, AMOUNT);
        approve(1, AMOUNT);
        relay.removeVerifier(verifiers[0]);
        relay.removeVerifier(verifiers[1]);
        approve(2, AMOUNT); // one of three, two are needed
        vm.assertFalse(relay.isProcessed(TX));
        approve(3, AMOUNT);
        vm.assertTrue(relay.isProcessed(TX));
    }

    function test_withdrawal_refusals() public {
        uint256 fees = relay.fees();
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayUnauthorizedAccount.selector, stranger));
        vm.prank(stranger);
        relay.approveWithdrawal(alice, AMOUNT, TX, BLOCK, 7);
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayUnauthorizedAccount.selector, stranger));
        vm.prank(stranger);
        relay.unapproveWithdrawal(TX, BLOCK, 7);
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayAmountBelowFees.selector, fees, fees));
        approve(0, fees);
        vm.startPrank(verifiers[0]);
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayDestinationInvalid.selector, address(0)));
        relay.approveWithdrawal(address(0), AMOUNT, TX, BLOCK, 7);
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayDestinationInvalid.selector, address(relay)));
        relay.approveWithdrawal(address(relay), AMOUNT, TX, BLOCK, 7);
        vm.stopPrank();
        approve(0, fees + 1);
        approve(1, fees + 1);
        approve(2, fees + 1);
        vm.assertEq(token.balanceOf(alice), 1);
    }

    function test_withdrawal_isFreeAtRateZero() public {
        relay.setNctEthExchangeRate(0);
        approve(0, 1);
        approve(1, 1);
        approve(2, 1);
        vm.assertEq(token.balanceOf(alice), 1);
        vm.assertEq(token.balanceOf(wallet), 0);
    }

    // ---- anchors

    function test_anchor_needsAQuorum() public {
        anchor(0, BLOCK, 100);
        anchor(1, BLOCK, 100);
        vm.assertEq(relay.anchorApprovals(keccak256(abi.encode(BLOCK, 100)), 1), verifiers[1]);
        vm.expectEmit(address(relay));
        emit IERC20Relay.AnchoredBlock(BLOCK, 100);
        anchor(2, BLOCK, 100);
        (bytes32 blockHash, uint256 blockNumber, bool processed) = relay.anchors(0);
        vm.assertEq(blockHash, BLOCK);
        vm.assertEq(blockNumber, 100);
        vm.assertTrue(processed);
        anchor(3, BLOCK, 100); // comes late, and changes nothing
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayNotApproved.selector, verifiers[3]));
        vm.prank(verifiers[3]);
        relay.unanchor();
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayAnchorOutdated.selector, 100, 100));
        anchor(3, "other block", 100);
        anchor(0, BLOCK, 200); // the next one
    }

    function test_anchor_isContestedAndDecidedByTheMajority() public {
        anchor(0, "lie", 100);
        vm.expectEmit(address(relay));
        emit IERC20Relay.ContestedBlock(BLOCK, 100);
        anchor(1, BLOCK, 100);
        anchor(2, BLOCK, 100);
        anchor(3, BLOCK, 100);
        (bytes32 blockHash,,) = relay.anchors(0);
        vm.assertEq(blockHash, BLOCK);
    }

    function test_anchor_aVerifierHasOneOpenStatement() public {
        anchor(0, "lie", 100);
        anchor(0, BLOCK, 100); // instead of the other
        anchor(1, BLOCK, 100);
        vm.prank(verifiers[0]);
        relay.unanchor();
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayNotApproved.selector, verifiers[0]));
        vm.prank(verifiers[0]);
        relay.unanchor();
        anchor(2, BLOCK, 100);
        vm.expectRevert();
        relay.anchors(0);
        anchor(3, BLOCK, 100);
        relay.anchors(0);
    }

    function test_anchor_isForVerifiers() public {
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayUnauthorizedAccount.selector, stranger));
        vm.prank(stranger);
        relay.anchor(BLOCK, 100);
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayUnauthorizedAccount.selector, stranger));
        vm.prank(stranger);
        relay.unanchor();
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayAnchorOutdated.selector, 0, 0));
        anchor(0, BLOCK, 0);
    }

    // ---- roles

    function test_verifiers_areChosenByManagerAndOwner() public {
        relay.setVerifierManager(alice);
        expectUnauthorized(address(this));
        relay.addVerifier(stranger);
        expectUnauthorized(address(this));
        relay.removeVerifier(verifiers[0]);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, alice));
        relay._addVerifier(stranger);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, alice));
        relay._removeVerifier(stranger);
        vm.expectEmit(address(relay));
        emit IERC20Relay.AddedVerifier(stranger);
        relay.addVerifier(stranger);
        vm.assertTrue(relay.isVerifier(stranger));
        vm.expectEmit(address(relay));
        emit IERC20Relay.RemovedVerifier(stranger);
        relay.removeVerifier(stranger);
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayVerifierUnknown.selector, stranger));
        relay.removeVerifier(stranger);
        vm.stopPrank();
        relay._addVerifier(stranger);
        relay._removeVerifier(stranger);
    }

    function test_verifiers_areThreeTo32() public {
        relay.removeVerifier(verifiers[4]);
        relay.removeVerifier(verifiers[3]);
        expectCount(2);
        relay.removeVerifier(verifiers[2]);
        for (uint160 i = 1; i <= 29; ++i) {
            relay.addVerifier(address(i));
        }
        expectCount(33);
        relay.addVerifier(address(30));
    }

    function test_feeManager_setsTheRateWithinLimits() public {
        expectUnauthorized(stranger);
        vm.prank(stranger);
        relay.setNctEthExchangeRate(1);
        vm.expectEmit(address(relay));
        emit IERC20Relay.NewFeeManager(address(this), stranger);
        relay.setFeeManager(stranger);
        vm.startPrank(stranger);
        vm.expectEmit(address(relay));
        emit IERC20Relay.FeesChanged(uint256(54_301 * 5 + 73_458) * 20 gwei * 1_000_000);
        relay.setNctEthExchangeRate(1_000_000);
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayExchangeRateTooHigh.selector, 1_000_001, 1_000_000));
        relay.setNctEthExchangeRate(1_000_001);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger));
        relay.setFeeManager(stranger);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger));
        relay.setVerifierManager(stranger);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger));
        relay.flush();
        vm.stopPrank();
    }

    function test_flush_isAnnouncedOnceAndStopsNothing() public {
        vm.roll(50);
        vm.expectEmit(address(relay));
        emit IERC20Relay.Flush();
        relay.flush();
        vm.assertEq(relay.flushBlock(), 50);
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayAlreadyFlushed.selector, 50));
        relay.flush();
        approve(0, AMOUNT);
        approve(1, AMOUNT);
        approve(2, AMOUNT);
        vm.assertTrue(relay.isProcessed(TX));
    }

    /// @dev Whatever verifiers approve in whatever order and form: a transfer is paid at most once, a transaction in
    /// one form only, and nothing without a quorum that approved just that.
    function test_fuzz_noTransferIsPaidTwiceInEitherForm(uint256 seed) public {
        relay.setNctEthExchangeRate(0);
        uint256 paid;
        uint256[3] memory approvals; // of the whole transaction, and of its transfers 1 and 2
        bool[5][3] memory approved;
        bool whole;
        bool byTransfer;
        for (uint256 i = 0; i < 40; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 verifier = seed % 5;
            uint256 form = (seed >> 8) % 3;
            if (approved[form][verifier] || approvals[form] == 3) continue;
            bool refused = form == 0 ? byTransfer : whole;
            if (refused) vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayAlreadyProcessed.selector, TX));
            if (form == 0) approve(verifier, 1);
            else approveTransfer(verifier, 1, form);
            if (refused) continue;
            approved[form][verifier] = true;
            if (++approvals[form] == 3) {
                ++paid;
                if (form == 0) whole = true;
                else byTransfer = true;
            }
            vm.assertEq(token.balanceOf(alice), paid);
        }
        vm.assertTrue(!whole || !byTransfer);
    }

    /// @dev Whatever verifiers approve in whatever order: each transaction is paid at most once, and only with a quorum
    /// of verifiers that approved just that.
    function test_fuzz_nothingIsPaidTwiceOrWithoutQuorum(uint256 seed) public {
        relay.setNctEthExchangeRate(0);
        uint256 paid;
        uint256[2][3] memory approvals; // by transaction and amount
        bool[5][3] memory approved;
        bool[3] memory done;
        for (uint256 i = 0; i < 40; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 verifier = seed % 5;
            uint256 transaction = (seed >> 8) % 3;
            uint256 kind = (seed >> 16) % 2;
            if (done[transaction] || approved[transaction][verifier]) continue;
            vm.prank(verifiers[verifier]);
            relay.approveWithdrawal(alice, kind + 1, bytes32(transaction), BLOCK, 7);
            approved[transaction][verifier] = true;
            if (++approvals[transaction][kind] == 3) {
                paid += kind + 1;
                done[transaction] = true;
            }
            vm.assertEq(token.balanceOf(alice), paid);
        }
    }

    function approve(uint256 verifier, uint256 amount) internal {
        vm.prank(verifiers[verifier]);
        relay.approveWithdrawal(alice, amount, TX, BLOCK, 7);
    }

    function approveTransfer(uint256 verifier, uint256 amount, uint256 logIndex) internal {
        vm.prank(verifiers[verifier]);
        relay.approveTransfer(alice, amount, TX, BLOCK, 7, logIndex);
    }

    function anchor(uint256 verifier, bytes32 blockHash, uint256 blockNumber) internal {
        vm.prank(verifiers[verifier]);
        relay.anchor(blockHash, blockNumber);
    }

    function key(uint256 amount, bytes32 txHash, bytes32 blockHash) internal view returns (bytes32) {
        return keccak256(abi.encode(alice, amount, txHash, blockHash, 7));
    }

    function expectUnauthorized(address sender) internal {
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayUnauthorizedAccount.selector, sender));
    }

    function expectCount(uint256 count) internal {
        vm.expectRevert(abi.encodeWithSelector(IERC20Relay.RelayVerifierCountOutOfRange.selector, count, 3, 32));
    }
}
