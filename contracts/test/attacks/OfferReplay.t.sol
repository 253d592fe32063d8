// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ChannelTest} from "../base/ChannelTest.sol";
import {OldRules} from "./OldRules.sol";
import {OfferMultiSig} from "src/OfferMultiSig.sol";
import {IOfferMultiSig} from "src/interfaces/IOfferMultiSig.sol";
import {OfferState} from "src/libraries/OfferState.sol";

/// @title Showing a state where it was not signed for
contract OfferReplayTest is ChannelTest {
    uint256 private constant ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    /// @dev The state of things before anything was deployed.
    uint256 private _genesis;

    function setUp() public override {
        _genesis = vm.snapshotState();
        super.setUp();
    }

    function test_oldRule_aStateIsGoodInEveryChannelOfTheSameParties() public view {
        bytes memory content = state(1, 9, 0, 110);
        Signatures memory both = signed(content);
        // Nothing in this question depends on the channel that asks it.
        vm.assertTrue(OldRules.accepts(content, both.v, both.r, both.s, ambassador, expert));
    }

    function test_replayInASecondChannel_isRefused() public {
        openAndJoin();
        bytes memory content = state(1, 9, 0, 110); // closes the first channel in the expert's favour
        Signatures memory both = signed(content);
        OfferMultiSig first = channel;

        channel = initialize(GUID + 1);
        approve(channel);
        openAndJoin();
        vm.expectRevert(wrongChannel(first, channel));
        vm.prank(expert);
        channel.closeAgreement(content, both.v, both.r, both.s);
        vm.expectRevert(wrongChannel(first, channel));
        vm.prank(expert);
        channel.startSettle(content, both.v, both.r, both.s);
    }

    function test_replayOnAnotherChain_isRefused() public {
        openAndJoin();
        bytes memory content = state(1, 9, 0, 110);
        Signatures memory both = signed(content);
        OfferMultiSig first = channel;

        // The same registry at the same address, the same guid and parties, on another chain.
        address registry = address(offers);
        vm.revertToState(_genesis);
        vm.chainId(block.chainid + 1);
        super.setUp();
        vm.assertEq(address(offers), registry);
        openAndJoin();
        vm.expectRevert(wrongChannel(first, channel));
        vm.prank(expert);
        channel.closeAgreement(content, both.v, both.r, both.s);
    }

    function test_malleableSignatures_areRefused() public {
        openAndJoin();
        bytes memory content = state(1, 1, 60, 50);
        Signatures memory both = signed(content);
        both.s[0] = bytes32(ORDER - uint256(both.s[0]));
        both.v[0] = both.v[0] == 27 ? 28 : 27;
        vm.expectRevert(abi.encodeWithSelector(IOfferMultiSig.OfferSignatureInvalid.selector, ambassador));
        vm.prank(expert);
        channel.closeAgreement(content, both.v, both.r, both.s);
        both = signed(content);
        both.v[1] -= 27;
        vm.expectRevert(abi.encodeWithSelector(IOfferMultiSig.OfferSignatureInvalid.selector, expert));
        vm.prank(expert);
        channel.closeAgreement(content, both.v, both.r, both.s);
    }

    function test_answeringOneByOne_doesNotHoldMoneyLongerThanThePeriod() public {
        openAndJoin();
        startSettle(ambassador, state(0, 1, 100, 10));
        // An old rule would begin the period anew with each of these.
        for (uint256 i = 1; i < PERIOD; ++i) {
            vm.roll(1000 + i);
            challenge(ambassador, state(0, i + 1, 100, 10));
        }
        vm.roll(1000 + PERIOD);
        closeWithTimeout(expert, state(0, PERIOD, 100, 10));
        vm.assertEq(token.balanceOf(expert), 1000);
    }

    function wrongChannel(OfferMultiSig shown, OfferMultiSig asked) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(
            IOfferMultiSig.OfferStateMismatch.selector,
            OfferState.CHANNEL,
            uint160(address(shown)),
            uint160(address(asked))
        );
    }
}
