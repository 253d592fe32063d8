// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "./Test.sol";
import {NectarToken} from "src/NectarToken.sol";
import {OfferMultiSig} from "src/OfferMultiSig.sol";
import {OfferRegistry} from "src/OfferRegistry.sol";

/// @title A channel between an ambassador and an expert, and what they sign
abstract contract ChannelTest is Test {
    uint256 internal constant PERIOD = 20;
    uint128 internal constant GUID = 77;
    /// @dev The last block of a deposit, and as far off as it may be when the test begins.
    uint256 internal constant DEPOSIT_DEADLINE = 1000 + 3600;

    struct Signatures {
        uint8[2] v;
        bytes32[2] r;
        bytes32[2] s;
    }

    uint256 internal ambassadorKey = uint256(keccak256("ambassador"));
    uint256 internal expertKey = uint256(keccak256("expert"));
    address internal ambassador = account("ambassador");
    address internal expert = account("expert");
    address internal stranger = account("stranger");
    NectarToken internal token;
    OfferRegistry internal offers;
    OfferMultiSig internal channel;

    function setUp() public virtual {
        vm.roll(1000);
        token = new NectarToken();
        token.enableTransfers();
        token.mint(ambassador, 1000);
        token.mint(expert, 1000);
        offers = new OfferRegistry(address(token));
        channel = initialize(GUID);
        approve(channel);
    }

    function initialize(uint128 guid) internal returns (OfferMultiSig) {
        vm.prank(ambassador);
        offers.initializeOfferChannel(guid, ambassador, expert, PERIOD);
        (address msig,,) = offers.guidToChannel(guid);
        return OfferMultiSig(msig);
    }

    function approve(OfferMultiSig to) internal {
        vm.prank(ambassador);
        token.approve(address(to), type(uint256).max);
        vm.prank(expert);
        token.approve(address(to), type(uint256).max);
    }

    // ---- states and signatures

    function words(uint256 closeFlag, uint256 sequence, uint256 balanceA, uint256 balanceB)
        internal
        view
        returns (uint256[17] memory content)
    {
        content[0] = closeFlag;
        content[1] = sequence;
        content[2] = uint160(ambassador);
        content[3] = uint160(expert);
        content[4] = uint160(address(channel));
        content[5] = balanceA;
        content[6] = balanceB;
        content[7] = uint160(address(token));
        content[8] = GUID;
        content[9] = 5;
        content[12] = DEPOSIT_DEADLINE;
        content[14] = 3;
        content[15] = 1;
    }

    function state(uint256 closeFlag, uint256 sequence, uint256 balanceA, uint256 balanceB)
        internal
        view
        returns (bytes memory)
    {
        return abi.encode(words(closeFlag, sequence, balanceA, balanceB));
    }

    function sign(uint256 key, bytes memory content) internal pure returns (uint8 v, bytes32 r, bytes32 s) {
        return vm.sign(key, keccak256(abi.encodePacked("\x19Ethereum Signed Message:\n32", keccak256(content))));
    }

    function signed(bytes memory content) internal view returns (Signatures memory both) {
        (both.v[0], both.r[0], both.s[0]) = sign(ambassadorKey, content);
        (both.v[1], both.r[1], both.s[1]) = sign(expertKey, content);
    }

    // ---- steps

    function open(bytes memory content) internal {
        (uint8 v, bytes32 r, bytes32 s) = sign(ambassadorKey, content);
        vm.prank(ambassador);
        channel.openAgreement(content, v, r, s);
    }

    function join(bytes memory content) internal {
        (uint8 v, bytes32 r, bytes32 s) = sign(expertKey, content);
        vm.prank(expert);
        channel.joinAgreement(content, v, r, s);
    }

    /// @dev A channel with 100 of the ambassador's and 10 of the expert's, at sequence 0.
    function openAndJoin() internal {
        open(state(0, 0, 100, 10));
        join(state(0, 0, 100, 10));
    }

    function close(address sender, bytes memory content) internal {
        Signatures memory both = signed(content);
        vm.prank(sender);
        channel.closeAgreement(content, both.v, both.r, both.s);
    }

    function startSettle(address sender, bytes memory content) internal {
        Signatures memory both = signed(content);
        vm.prank(sender);
        channel.startSettle(content, both.v, both.r, both.s);
    }

    function challenge(address sender, bytes memory content) internal {
        Signatures memory both = signed(content);
        vm.prank(sender);
        channel.challengeSettle(content, both.v, both.r, both.s);
    }

    function closeWithTimeout(address sender, bytes memory content) internal {
        Signatures memory both = signed(content);
        vm.prank(sender);
        channel.closeAgreementWithTimeout(content, both.v, both.r, both.s);
    }

    function deposit(address sender, bytes memory content) internal {
        Signatures memory both = signed(content);
        vm.prank(sender);
        channel.depositFunds(content, both.v, both.r, both.s);
    }
}
