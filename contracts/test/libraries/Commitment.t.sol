// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "../base/Test.sol";
import {Commitment} from "src/libraries/Commitment.sol";

contract CommitmentTest is Test {
    function test_fuzz_isTheHashOfOneWord(uint256 verdicts, uint256 nonce, address author) public pure {
        bytes32 hashedNonce = keccak256(abi.encodePacked(nonce));
        bytes32 word = bytes32(verdicts) ^ hashedNonce ^ bytes32(uint256(uint160(author)));
        vm.assertEq(Commitment.seal(verdicts, nonce, author), uint256(keccak256(abi.encodePacked(word))));
    }

    function test_fuzz_opensToNothingElse(uint256 verdicts, uint256 nonce, address author, uint256 change) public pure {
        uint256 commitment = Commitment.seal(verdicts, nonce, author);
        unchecked {
            if (change == 0) return;
            vm.assertTrue(Commitment.seal(verdicts ^ change, nonce, author) != commitment);
            vm.assertTrue(Commitment.seal(verdicts, nonce ^ change, author) != commitment);
            if (uint160(change) == 0) return;
            address other = address(uint160(author) ^ uint160(change));
            vm.assertTrue(Commitment.seal(verdicts, nonce, other) != commitment);
        }
    }

    function test_fuzz_bound_isTheHashOfFiveWords(
        uint128 guid,
        address author,
        uint256 verdicts,
        string calldata metadata,
        uint256 nonce
    ) public pure {
        bytes memory words = bytes.concat(
            bytes32(uint256(guid)),
            bytes32(uint256(uint160(author))),
            bytes32(verdicts),
            keccak256(bytes(metadata)),
            bytes32(nonce)
        );
        vm.assertEq(words.length, 160);
        vm.assertEq(Commitment.bind(guid, author, verdicts, metadata, nonce), uint256(keccak256(words)));
    }

    function test_fuzz_bound_opensToNothingElse(
        uint128 guid,
        address author,
        uint256 verdicts,
        string calldata metadata,
        uint256 nonce,
        uint256 change
    ) public pure {
        uint256 commitment = Commitment.bind(guid, author, verdicts, metadata, nonce);
        if (change != 0) {
            vm.assertTrue(Commitment.bind(guid, author, verdicts ^ change, metadata, nonce) != commitment);
            vm.assertTrue(Commitment.bind(guid, author, verdicts, metadata, nonce ^ change) != commitment);
        }
        if (uint128(change) != 0) {
            vm.assertTrue(Commitment.bind(guid ^ uint128(change), author, verdicts, metadata, nonce) != commitment);
            address other = address(uint160(author) ^ uint128(change));
            vm.assertTrue(Commitment.bind(guid, other, verdicts, metadata, nonce) != commitment);
        }
        string memory longer = string.concat(metadata, "x");
        vm.assertTrue(Commitment.bind(guid, author, verdicts, longer, nonce) != commitment);
    }
}
