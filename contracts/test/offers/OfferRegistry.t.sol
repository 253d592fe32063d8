// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ChannelTest} from "../base/ChannelTest.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {OfferMultiSig} from "src/OfferMultiSig.sol";
import {IOfferMultiSig} from "src/interfaces/IOfferMultiSig.sol";
import {IOfferRegistry} from "src/interfaces/IOfferRegistry.sol";
import {IPauserRole} from "src/interfaces/IPauserRole.sol";

contract OfferRegistryTest is ChannelTest {
    function test_initialize_isFoundByGuidAndByParticipants() public {
        (address msig, address a, address e) = offers.guidToChannel(GUID);
        vm.assertEq(msig, address(channel));
        vm.assertEq(a, ambassador);
        vm.assertEq(e, expert);
        vm.assertEq(offers.getParticipantsChannel(ambassador, expert), msig);
        vm.assertEq(offers.getParticipantsChannel(expert, ambassador), address(0));
        vm.assertEq(offers.participantsToChannel(keccak256(abi.encodePacked(ambassador, expert))), msig);
        OfferMultiSig second = initialize(78);
        vm.assertEq(offers.getParticipantsChannel(ambassador, expert), address(second));
        vm.assertEq(offers.getNumberOfOffers(), 2);
        vm.assertEq(offers.channelsGuids(1), 78);
        vm.assertEq(offers.getChannelsGuids().length, 2);
        vm.assertEq(offers.VERSION(), "1.2.1");
        vm.assertEq(offers.nectarAddress(), address(token));
    }

    function test_initialize_emits() public {
        vm.expectEmit(false, false, false, false, address(offers));
        emit IOfferRegistry.InitializedChannel(address(0), ambassador, expert, 78);
        initialize(78);
    }

    function test_initialize_refusals() public {
        vm.expectRevert(
            abi.encodeWithSelector(IOfferRegistry.OfferRegistryNotAmbassador.selector, stranger, ambassador)
        );
        vm.prank(stranger);
        offers.initializeOfferChannel(78, ambassador, expert, PERIOD);
        vm.startPrank(ambassador);
        vm.expectRevert(abi.encodeWithSelector(IOfferRegistry.OfferRegistryGuidTaken.selector, GUID));
        offers.initializeOfferChannel(GUID, ambassador, expert, PERIOD);
        vm.expectRevert(abi.encodeWithSelector(IOfferMultiSig.OfferPartiesInvalid.selector, ambassador, ambassador));
        offers.initializeOfferChannel(78, ambassador, ambassador, PERIOD);
        vm.expectRevert(abi.encodeWithSelector(IOfferMultiSig.OfferPartiesInvalid.selector, ambassador, address(0)));
        offers.initializeOfferChannel(78, ambassador, address(0), PERIOD);
        expectPeriod(9);
        offers.initializeOfferChannel(78, ambassador, expert, 9);
        expectPeriod(3601);
        offers.initializeOfferChannel(78, ambassador, expert, 3601);
        offers.initializeOfferChannel(78, ambassador, expert, 10);
        offers.initializeOfferChannel(79, ambassador, expert, 3600);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IOfferMultiSig.OfferPartiesInvalid.selector, address(0), expert));
        vm.prank(address(0));
        offers.initializeOfferChannel(80, address(0), expert, PERIOD);
    }

    function test_initialize_isStoppedByAPause() public {
        offers.pause();
        vm.expectRevert(abi.encodeWithSelector(Pausable.EnforcedPause.selector));
        vm.prank(ambassador);
        offers.initializeOfferChannel(78, ambassador, expert, PERIOD);
    }

    function test_channels_arePausedAllAtOnce() public {
        vm.expectRevert(abi.encodeWithSelector(IPauserRole.PauserRoleUnauthorized.selector, stranger));
        vm.prank(stranger);
        offers.pauseChannels();
        vm.expectRevert(abi.encodeWithSelector(IPauserRole.PauserRoleUnauthorized.selector, stranger));
        vm.prank(stranger);
        offers.unpauseChannels();
        vm.expectRevert(abi.encodeWithSelector(IOfferRegistry.OfferRegistryChannelsPaused.selector, false));
        offers.unpauseChannels();
        vm.expectEmit(address(offers));
        emit IOfferRegistry.ChannelsPaused();
        offers.pauseChannels();
        vm.expectRevert(abi.encodeWithSelector(IOfferRegistry.OfferRegistryChannelsPaused.selector, true));
        offers.pauseChannels();
        bytes memory content = state(0, 0, 100, 10);
        (uint8 v, bytes32 r, bytes32 s) = sign(ambassadorKey, content);
        vm.expectRevert(abi.encodeWithSelector(IOfferMultiSig.OfferPaused.selector));
        vm.prank(ambassador);
        channel.openAgreement(content, v, r, s);
        vm.expectEmit(address(offers));
        emit IOfferRegistry.ChannelsUnpaused();
        offers.unpauseChannels();
        open(content);
    }

    function test_address_dependsOnTheChain() public {
        uint256 snapshot = vm.snapshotState();
        address here = address(initialize(78));
        vm.revertToState(snapshot);
        vm.chainId(block.chainid + 1);
        address there = address(initialize(78));
        vm.assertTrue(here != there);
    }

    function test_getOfferState() public view {
        uint256[17] memory content = words(1, 2, 3, 4);
        (bool done, bytes memory result) =
            address(offers).staticcall(abi.encodeCall(offers.getOfferState, (abi.encode(content))));
        vm.assertTrue(done);
        // guid, sequence, offer amount, channel, balances, parties, close flag, token, mask, verdicts
        uint8[12] memory order = [8, 1, 9, 4, 5, 6, 2, 3, 0, 7, 14, 15];
        uint256[12] memory expected;
        for (uint256 i = 0; i < 12; ++i) {
            expected[i] = content[order[i]];
        }
        vm.assertEq(result, abi.encode(expected));
    }

    function expectPeriod(uint256 length) internal {
        vm.expectRevert(
            abi.encodeWithSelector(IOfferMultiSig.OfferSettlementPeriodOutOfRange.selector, length, 10, 3600)
        );
    }
}
