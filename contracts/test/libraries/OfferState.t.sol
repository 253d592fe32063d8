// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "../base/Test.sol";
import {OfferState} from "src/libraries/OfferState.sol";

contract OfferStateTest is Test {
    using OfferState for bytes;

    /// @dev The order of the curve.
    uint256 private constant ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    function test_fuzz_wordsAreInOrder(uint256[17] memory words) public view {
        bytes memory state = abi.encode(words);
        for (uint256 i = 0; i < 17; ++i) {
            vm.assertEq(this.word(state, i), words[i]);
        }
    }

    function test_fuzz_refusesOtherLengths(uint16 length) public {
        vm.assume(length != 544);
        vm.expectRevert(abi.encodeWithSelector(OfferState.OfferStateLengthInvalid.selector, length));
        this.word(new bytes(length), 0);
    }

    function test_fuzz_signerIsWhoSigned(uint256 key, bytes32 content) public view {
        key = bound(key, 1, ORDER - 1);
        bytes memory state = abi.encodePacked(content, new bytes(512));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest(state));
        vm.assertEq(this.signer(state, v, r, s), vm.addr(key));
        // The mirror image of a signature is valid on the curve and refused here.
        vm.assertEq(this.signer(state, v == 27 ? 28 : 27, r, bytes32(ORDER - uint256(s))), address(0));
        // So is v in the notation of 0 and 1.
        vm.assertEq(this.signer(state, v - 27, r, s), address(0));
        vm.assertEq(this.signer(state, v, bytes32(0), s), address(0));
    }

    function word(bytes calldata state, uint256 index) external pure returns (uint256) {
        return state.word(index);
    }

    function signer(bytes calldata state, uint8 v, bytes32 r, bytes32 s) external pure returns (address) {
        return state.signer(v, r, s);
    }

    function digest(bytes memory state) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked("\x19Ethereum Signed Message:\n32", keccak256(state)));
    }
}
