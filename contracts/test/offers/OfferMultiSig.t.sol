// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ChannelTest} from "../base/ChannelTest.sol";
import {IOfferMultiSig} from "src/interfaces/IOfferMultiSig.sol";
import {IPauserRole} from "src/interfaces/IPauserRole.sol";
import {OfferState} from "src/libraries/OfferState.sol";

contract OfferMultiSigTest is ChannelTest {
    // ---- opening and joining

    function test_open_takesTheAmbassadorsBalance() public {
        vm.expectEmit(address(channel));
        emit IOfferMultiSig.OpenedAgreement(ambassador);
        open(state(0, 7, 100, 10));
        vm.assertEq(token.balanceOf(address(channel)), 100);
        vm.assertTrue(channel.isPending());
        vm.assertFalse(channel.isOpen());
        vm.assertEq(channel.sequence(), 7);
        vm.assertEq(channel.total(), 100);
        vm.assertEq(channel.stateHash(), keccak256(state(0, 7, 100, 10)));
    }

    function test_join_takesTheExpertsBalance() public {
        open(state(0, 0, 100, 10));
        vm.expectEmit(address(channel));
        emit IOfferMultiSig.JoinedAgreement(expert);
        join(state(0, 0, 100, 10));
        vm.assertEq(token.balanceOf(address(channel)), 110);
        vm.assertTrue(channel.isOpen());
        vm.assertTrue(channel.isChannelOpen());
        vm.assertFalse(channel.isPending());
    }

    function test_join_cannotBePreventedBySendingTokens() public {
        open(state(0, 0, 100, 10));
        token.mint(address(channel), 1);
        join(state(0, 0, 100, 10));
        close(expert, state(1, 1, 60, 50));
        vm.assertEq(token.balanceOf(expert), 1040);
        vm.assertEq(token.balanceOf(address(channel)), 1); // nobody's
    }

    function test_open_refusals() public {
        bytes memory content = state(0, 0, 100, 10);
        (uint8 v, bytes32 r, bytes32 s) = sign(ambassadorKey, content);
        vm.expectRevert(abi.encodeWithSelector(IOfferMultiSig.OfferUnauthorizedAccount.selector, expert));
        vm.prank(expert);
        channel.openAgreement(content, v, r, s);
        vm.expectRevert(abi.encodeWithSelector(IOfferMultiSig.OfferSignatureInvalid.selector, ambassador));
        vm.prank(ambassador);
        channel.openAgreement(state(0, 0, 99, 10), v, r, s);

        content = state(1, 0, 100, 10);
        (v, r, s) = sign(ambassadorKey, content);
        vm.expectRevert(abi.encodeWithSelector(IOfferMultiSig.OfferStateMismatch.selector, 0, 1, 0));
        vm.prank(ambassador);
        channel.openAgreement(content, v, r, s);

        open(state(0, 0, 100, 10));
        vm.expectRevert(abi.encodeWithSelector(IOfferMultiSig.OfferWrongStage.selector, 1));
        vm.prank(ambassador);
        channel.openAgreement(content, v, r, s);
    }

    function test_open_refusesStatesOfAnotherChannel() public {
        uint8[4] memory index = [2, 3, 4, 7];
        for (uint256 i = 0; i < 4; ++i) {
            uint256[17] memory content = words(0, 0, 100, 10);
            uint256 expected = content[index[i]];
            content[index[i]] = expected | (1 << 200); // the upper bits count as well
            (uint8 v, bytes32 r, bytes32 s) = sign(ambassadorKey, abi.encode(content));
            vm.expectRevert(
                abi.encodeWithSelector(
                    IOfferMultiSig.OfferStateMismatch.selector, index[i], content[index[i]], expected
                )
            );
            vm.prank(ambassador);
            channel.openAgreement(abi.encode(content), v, r, s);
        }
    }

    function test_join_refusals() public {
        bytes memory content = state(0, 0, 100, 10);
        (uint8 v, bytes32 r, bytes32 s) = sign(expertKey, content);
        vm.expectRevert(abi.encodeWithSelector(IOfferMultiSig.OfferWrongStage.selector, 0));
        vm.prank(expert);
        channel.joinAgreement(content, v, r, s);
        open(content);
        vm.expectRevert(abi.encodeWithSelector(IOfferMultiSig.OfferUnauthorizedAccount.selector, stranger));
        vm.prank(stranger);
        channel.joinAgreement(content, v, r, s);
        bytes memory other = state(0, 0, 100, 11);
        vm.expectRevert(
            abi.encodeWithSelector(IOfferMultiSig.OfferStateUnknown.selector, keccak256(other), keccak256(content))
        );
        vm.prank(expert);
        channel.joinAgreement(other, v, r, s);
        (v, r, s) = sign(ambassadorKey, content);
        vm.expectRevert(abi.encodeWithSelector(IOfferMultiSig.OfferSignatureInvalid.selector, expert));
        vm.prank(expert);
        channel.joinAgreement(content, v, r, s);
    }

    function test_cancel_givesTheAmbassadorsMoneyBack() public {
        open(state(0, 0, 100, 10));
        vm.expectRevert(abi.encodeWithSelector(IOfferMultiSig.OfferUnauthorizedAccount.selector, expert));
        vm.prank(expert);
        channel.cancelAgreement();
        offers.pauseChannels();
        vm.prank(ambassador);
        channel.pause();
        vm.expectEmit(address(channel));
        emit IOfferMultiSig.CanceledAgreement(ambassador);
        vm.prank(ambassador);
        channel.cancelAgreement();
        vm.assertEq(token.balanceOf(ambassador), 1000);
        vm.assertEq(channel.isClosed(), 1);
        vm.expectRevert(abi.encodeWithSelector(IOfferMultiSig.OfferWrongStage.selector, 4));
        vm.prank(ambassador);
        channel.cancelAgreement();
    }

    function test_cancel_isOverOnceTheExpertJoined() public {
        openAndJoin();
        vm.expectRevert(abi.encodeWithSelector(IOfferMultiSig.OfferWrongStage.selector, 2));
        vm.prank(ambassador);
        channel.cancelAgreement();
    }

    // ---- deposits

    function test_deposit_takesWhatTheStateHasMore() public {
        openAndJoin();
        vm.expectEmit(address(channel));
        emit IOfferMultiSig.FundsDeposited(ambassador, expert, 140, 20);
        deposit(ambassador, state(0, 3, 140, 20));
        vm.assertEq(token.balanceOf(address(channel)), 160);
        vm.assertEq(token.balanceOf(ambassador), 850);
        deposit(expert, state(0, 4, 140, 21));
        vm.assertEq(token.balanceOf(expert), 989);
        close(ambassador, state(1, 5, 161, 0));
        vm.assertEq(token.balanceOf(ambassador), 1011);
    }

    function test_deposit_refusals() public {
        openAndJoin();
        refuseDeposit(stranger, state(0, 1, 140, 20), unauthorized(stranger));
        refuseDeposit(expert, state(0, 0, 140, 20), outdated(0, 1));
        refuseDeposit(
            expert, state(1, 1, 140, 20), abi.encodeWithSelector(IOfferMultiSig.OfferStateMismatch.selector, 0, 1, 0)
        );
        refuseDeposit(expert, state(0, 1, 100, 10), totalMismatch(110, 110));
        refuseDeposit(expert, state(0, 1, 50, 10), totalMismatch(60, 110));
        startSettle(expert, state(0, 0, 100, 10));
        refuseDeposit(expert, state(0, 1, 140, 20), abi.encodeWithSelector(IOfferMultiSig.OfferWrongStage.selector, 3));
    }

    function test_deposit_hasADeadline() public {
        openAndJoin();
        uint256[17] memory content = words(0, 1, 140, 20);
        uint256[3] memory outside = [uint256(0), block.number - 1, block.number + 3601];
        for (uint256 i = 0; i < outside.length; ++i) {
            content[12] = outside[i];
            refuseDeposit(expert, abi.encode(content), depositDeadline(outside[i]));
        }
        content[12] = block.number + 3600;
        deposit(expert, abi.encode(content));
        content = words(0, 2, 150, 20);
        content[12] = block.number;
        deposit(expert, abi.encode(content));
        vm.assertEq(channel.total(), 170);
    }

    function test_deposit_isStoppedByEitherPause() public {
        openAndJoin();
        vm.prank(ambassador);
        channel.pause();
        refuseDeposit(expert, state(0, 1, 140, 20), abi.encodeWithSelector(IOfferMultiSig.OfferPaused.selector));
        vm.prank(ambassador);
        channel.unpause();
        offers.pauseChannels();
        refuseDeposit(expert, state(0, 1, 140, 20), abi.encodeWithSelector(IOfferMultiSig.OfferPaused.selector));
    }

    // ---- closing by consent

    function test_close_paysTheState() public {
        openAndJoin();
        offers.pauseChannels();
        vm.expectEmit(address(channel));
        emit IOfferMultiSig.ClosedAgreement(expert, ambassador);
        close(expert, state(1, 9, 30, 80));
        vm.assertEq(token.balanceOf(ambassador), 930);
        vm.assertEq(token.balanceOf(expert), 1070);
        vm.assertEq(channel.isClosed(), 1);
        vm.assertFalse(channel.isOpen());
    }

    function test_close_refusals() public {
        open(state(0, 5, 100, 10));
        refuseClose(expert, state(1, 6, 100, 10), abi.encodeWithSelector(IOfferMultiSig.OfferWrongStage.selector, 1));
        join(state(0, 5, 100, 10));
        refuseClose(stranger, state(1, 6, 100, 10), unauthorized(stranger));
        refuseClose(
            expert, state(0, 6, 100, 10), abi.encodeWithSelector(IOfferMultiSig.OfferStateMismatch.selector, 0, 0, 1)
        );
        refuseClose(
            expert, state(2, 6, 100, 10), abi.encodeWithSelector(IOfferMultiSig.OfferStateMismatch.selector, 0, 2, 1)
        );
        refuseClose(expert, state(1, 4, 100, 10), outdated(4, 5));
        refuseClose(expert, state(1, 6, 100, 11), totalMismatch(111, 110));
        startSettle(ambassador, state(0, 5, 100, 10));
        refuseClose(expert, state(1, 6, 100, 10), abi.encodeWithSelector(IOfferMultiSig.OfferWrongStage.selector, 3));
    }

    function test_close_needsBothSignatures() public {
        openAndJoin();
        bytes memory content = state(1, 1, 0, 110);
        Signatures memory both = signed(content);
        (both.v[0], both.r[0], both.s[0]) = (both.v[1], both.r[1], both.s[1]);
        vm.expectRevert(abi.encodeWithSelector(IOfferMultiSig.OfferSignatureInvalid.selector, ambassador));
        vm.prank(expert);
        channel.closeAgreement(content, both.v, both.r, both.s);
        both = signed(content);
        (both.v[1], both.r[1], both.s[1]) = (both.v[0], both.r[0], both.s[0]);
        vm.expectRevert(abi.encodeWithSelector(IOfferMultiSig.OfferSignatureInvalid.selector, expert));
        vm.prank(ambassador);
        channel.closeAgreement(content, both.v, both.r, both.s);
    }

    // ---- settling without consent

    function test_settle_paysTheLatestStateThatWasShown() public {
        openAndJoin();
        vm.expectEmit(address(channel));
        emit IOfferMultiSig.StartedSettle(ambassador, 1, 1000 + PERIOD);
        startSettle(ambassador, state(0, 1, 90, 20));
        vm.assertEq(channel.isInSettlementState(), 1);
        vm.assertEq(channel.settlementPeriodEnd(), 1000 + PERIOD);
        vm.assertEq(channel.getSettlementPeriodEnd(), 1000 + PERIOD);
        vm.roll(1000 + PERIOD - 1);
        vm.expectEmit(address(channel));
        emit IOfferMultiSig.SettleStateChallenged(expert, 4, 1000 + PERIOD);
        challenge(expert, state(0, 4, 40, 70));
        vm.roll(1000 + PERIOD);
        closeWithTimeout(expert, state(0, 4, 40, 70));
        vm.assertEq(token.balanceOf(ambassador), 940);
        vm.assertEq(token.balanceOf(expert), 1060);
        vm.assertEq(channel.isInSettlementState(), 0);
    }

    function test_settle_canStartWithWhatTheChannelBeganWith() public {
        openAndJoin();
        startSettle(expert, state(0, 0, 100, 10));
        vm.roll(1000 + PERIOD);
        closeWithTimeout(ambassador, state(0, 0, 100, 10));
        vm.assertEq(token.balanceOf(expert), 1000);
    }

    function test_settle_firstAndLastBlock() public {
        openAndJoin();
        startSettle(ambassador, state(0, 1, 90, 20));
        vm.roll(1000 + PERIOD - 1);
        bytes memory content = state(0, 1, 90, 20);
        Signatures memory both = signed(content);
        vm.expectRevert(abi.encodeWithSelector(IOfferMultiSig.OfferSettlementPeriodNotOver.selector, 1000 + PERIOD));
        vm.prank(ambassador);
        channel.closeAgreementWithTimeout(content, both.v, both.r, both.s);
        vm.roll(1000 + PERIOD);
        refuseChallenge(
            expert,
            state(0, 2, 80, 30),
            abi.encodeWithSelector(IOfferMultiSig.OfferSettlementPeriodOver.selector, 1000 + PERIOD)
        );
        closeWithTimeout(ambassador, content);
    }

    function test_settle_isNeverPausedAndTheEndNeverMoves() public {
        openAndJoin();
        offers.pauseChannels();
        vm.prank(ambassador);
        channel.pause();
        startSettle(expert, state(0, 1, 100, 10));
        for (uint256 i = 2; i < 19; ++i) {
            vm.roll(block.number + 1);
            challenge(ambassador, state(0, i, 100 - i, 10 + i));
            vm.assertEq(channel.settlementPeriodEnd(), 1000 + PERIOD);
        }
        vm.roll(1000 + PERIOD);
        closeWithTimeout(expert, state(0, 18, 82, 28));
    }

    function test_settle_refusals() public {
        open(state(0, 5, 100, 10));
        refuseStart(expert, state(0, 5, 100, 10), abi.encodeWithSelector(IOfferMultiSig.OfferWrongStage.selector, 1));
        join(state(0, 5, 100, 10));
        refuseStart(stranger, state(0, 5, 100, 10), unauthorized(stranger));
        refuseStart(expert, state(0, 4, 100, 10), outdated(4, 5));
        refuseStart(expert, state(0, 6, 100, 9), totalMismatch(109, 110));
        refuseChallenge(
            expert, state(0, 6, 100, 10), abi.encodeWithSelector(IOfferMultiSig.OfferWrongStage.selector, 2)
        );
        startSettle(expert, state(0, 6, 100, 10));
        refuseStart(expert, state(0, 7, 100, 10), abi.encodeWithSelector(IOfferMultiSig.OfferWrongStage.selector, 3));
        refuseChallenge(stranger, state(0, 7, 100, 10), unauthorized(stranger));
        refuseChallenge(ambassador, state(0, 6, 110, 0), outdated(6, 7));
        refuseChallenge(ambassador, state(0, 7, 111, 0), totalMismatch(111, 110));
        vm.roll(1000 + PERIOD);
        bytes memory other = state(0, 6, 110, 0);
        Signatures memory both = signed(other);
        vm.expectRevert(
            abi.encodeWithSelector(
                IOfferMultiSig.OfferStateUnknown.selector, keccak256(other), keccak256(state(0, 6, 100, 10))
            )
        );
        vm.prank(ambassador);
        channel.closeAgreementWithTimeout(other, both.v, both.r, both.s);
        vm.expectRevert(unauthorized(stranger));
        vm.prank(stranger);
        channel.closeAgreementWithTimeout(other, both.v, both.r, both.s);
        closeWithTimeout(expert, state(0, 6, 100, 10));
        vm.expectRevert(abi.encodeWithSelector(IOfferMultiSig.OfferWrongStage.selector, 4));
        vm.prank(ambassador);
        channel.closeAgreementWithTimeout(other, both.v, both.r, both.s);
    }

    function test_state_refusesOtherLengths() public {
        openAndJoin();
        bytes memory content = new bytes(543);
        Signatures memory both = signed(content);
        vm.expectRevert(abi.encodeWithSelector(OfferState.OfferStateLengthInvalid.selector, 543));
        vm.prank(expert);
        channel.startSettle(content, both.v, both.r, both.s);
    }

    // ---- the rest

    function test_communication() public {
        vm.expectRevert(unauthorized(expert));
        vm.prank(expert);
        channel.setCommunicationUri("ws://localhost");
        vm.expectEmit(address(channel));
        emit IOfferMultiSig.CommunicationsSet("ws://localhost");
        vm.prank(ambassador);
        channel.setCommunicationUri("ws://localhost");
        vm.assertEq(channel.websocketUri(), "ws://localhost");
        vm.assertEq(channel.getWebsocketUri(), "ws://localhost");
    }

    function test_views() public view {
        bytes memory content = state(1, 2, 3, 4);
        vm.assertEq(channel.getCloseFlag(content), 1);
        vm.assertEq(channel.getCloseFlag(state(256, 0, 0, 0)), 0);
        vm.assertEq(channel.getSequence(content), 2);
        vm.assertEq(channel.getPartyA(content), ambassador);
        vm.assertEq(channel.getPartyB(content), expert);
        vm.assertEq(channel.getBalanceA(content), 3);
        vm.assertEq(channel.getBalanceB(content), 4);
        vm.assertEq(channel.getTotal(content), 7);
        vm.assertEq(channel.getTokenAddress(content), address(token));
        vm.assertEq(channel.VERSION(), "1.2.1");
        vm.assertEq(channel.NAME(), "Offer MultiSig");
        vm.assertEq(channel.ambassador(), ambassador);
        vm.assertEq(channel.expert(), expert);
        vm.assertEq(channel.nectarAddress(), address(token));
        vm.assertEq(channel.settlementPeriodLength(), PERIOD);
        vm.assertEq(channel.MIN_SETTLEMENT_PERIOD(), 10);
        vm.assertEq(channel.MAX_SETTLEMENT_PERIOD(), 3600);
        vm.assertEq(channel.isClosed(), 0);
        vm.assertEq(channel.isInSettlementState(), 0);
    }

    function test_pausers_areAddedByPausers() public {
        vm.assertTrue(channel.isPauser(ambassador));
        vm.expectRevert(abi.encodeWithSelector(IPauserRole.PauserRoleUnauthorized.selector, expert));
        vm.prank(expert);
        channel.addPauser(expert);
        vm.prank(ambassador);
        channel.addPauser(expert);
        vm.prank(expert);
        channel.renouncePauser();
        vm.assertFalse(channel.isPauser(expert));
    }

    // ---- refusals

    function refuseDeposit(address sender, bytes memory content, bytes memory revertData) internal {
        Signatures memory both = signed(content);
        vm.expectRevert(revertData);
        vm.prank(sender);
        channel.depositFunds(content, both.v, both.r, both.s);
    }

    function refuseClose(address sender, bytes memory content, bytes memory revertData) internal {
        Signatures memory both = signed(content);
        vm.expectRevert(revertData);
        vm.prank(sender);
        channel.closeAgreement(content, both.v, both.r, both.s);
    }

    function refuseStart(address sender, bytes memory content, bytes memory revertData) internal {
        Signatures memory both = signed(content);
        vm.expectRevert(revertData);
        vm.prank(sender);
        channel.startSettle(content, both.v, both.r, both.s);
    }

    function refuseChallenge(address sender, bytes memory content, bytes memory revertData) internal {
        Signatures memory both = signed(content);
        vm.expectRevert(revertData);
        vm.prank(sender);
        channel.challengeSettle(content, both.v, both.r, both.s);
    }

    function depositDeadline(uint256 deadline) internal view returns (bytes memory) {
        return abi.encodeWithSelector(
            IOfferMultiSig.OfferDepositDeadlineOutOfRange.selector, deadline, block.number, block.number + 3600
        );
    }

    function unauthorized(address sender) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IOfferMultiSig.OfferUnauthorizedAccount.selector, sender);
    }

    function outdated(uint256 sequence, uint256 minimum) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IOfferMultiSig.OfferStateOutdated.selector, sequence, minimum);
    }

    function totalMismatch(uint256 total, uint256 deposited) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IOfferMultiSig.OfferStateTotalMismatch.selector, total, deposited);
    }
}
