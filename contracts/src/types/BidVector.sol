// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ArtifactMask} from "./ArtifactMask.sol";

/// @notice The bids of one assertion, in 192 bits; zero stands for none
type BidVector is uint192;

using BidVectors for BidVector global;

/// @title How bids are stored
/// @notice A bid is at most 1 NCT, which is less than 2^64 base units. A bounty of up to three artifacts has its bids
/// in place, 64 bits for each artifact. With more artifacts, mask and bids become the code of a contract that does
/// nothing, and the 192 bits are its address: code costs 200 gas a byte, against 690 in storage, and reading all of it
/// costs as much as reading a single slot. It is never executed (its first byte is STOP) and never freed.
library BidVectors {
    uint256 internal constant IN_PLACE = 3;
    uint256 private constant BID_BITS = 64;
    uint256 private constant BID_BYTES = 8;
    /// @dev STOP and the mask come before the first bid.
    uint256 private constant HEADER_BYTES = 33;

    /// @notice Thrown when the code that holds the bids could not be created
    error BidVectorNotStored();

    /// @notice Stores the bids of an assertion
    /// @param bids One for each artifact of the mask, in order, each below 2^64 and not zero
    /// @param mask The artifacts asserted on, not empty
    /// @param numArtifacts How many artifacts the bounty has
    /// @return Where they are; never zero
    function store(uint256[] memory bids, ArtifactMask mask, uint256 numArtifacts) internal returns (BidVector) {
        if (numArtifacts <= IN_PLACE) {
            uint256 next;
            uint192 vector;
            for (uint256 artifact = 0; artifact < numArtifacts; ++artifact) {
                if (mask.contains(artifact)) vector |= uint192(bids[next++] << (artifact * BID_BITS));
            }
            return BidVector.wrap(vector);
        }
        return BidVector.wrap(uint160(_createCode(_encode(bids, mask))));
    }

    /// @notice Whether there are any
    /// @param vector The bids
    /// @return Whether they were stored and not forgotten
    function exists(BidVector vector) internal pure returns (bool) {
        return BidVector.unwrap(vector) != 0;
    }

    /// @notice Reads the bids of an assertion
    /// @param vector What `store` returned
    /// @param numArtifacts How many artifacts the bounty has
    /// @return bids One for each artifact of the mask, in order
    /// @return mask The artifacts asserted on
    function load(BidVector vector, uint256 numArtifacts)
        internal
        view
        returns (uint256[] memory bids, ArtifactMask mask)
    {
        uint192 word = BidVector.unwrap(vector);
        return numArtifacts <= IN_PLACE ? _unpack(word) : _decode(address(uint160(word)).code);
    }

    function _unpack(uint256 word) private pure returns (uint256[] memory bids, ArtifactMask mask) {
        bids = new uint256[](IN_PLACE);
        uint256 present;
        uint256 length;
        for (uint256 artifact = 0; artifact < IN_PLACE; ++artifact) {
            uint256 bid = uint64(word >> (artifact * BID_BITS));
            if (bid == 0) continue;
            present |= 1 << artifact;
            bids[length++] = bid;
        }
        mask = ArtifactMask.wrap(present);
    }

    /// @dev STOP, mask, bids. Each bid is written as a word whose upper end is the bid, over what the last one left.
    function _encode(uint256[] memory bids, ArtifactMask mask) private pure returns (bytes memory code) {
        code = new bytes(HEADER_BYTES + bids.length * BID_BYTES + (32 - BID_BYTES));
        assembly ("memory-safe") {
            let cursor := add(code, 33)
            mstore(cursor, mask)
            cursor := add(cursor, 32)
            let bid := add(bids, 32)
            for { let end := add(bid, mul(mload(bids), 32)) } lt(bid, end) { bid := add(bid, 32) } {
                mstore(cursor, shl(192, mload(bid)))
                cursor := add(cursor, 8)
            }
            mstore(code, sub(cursor, add(code, 32))) // cut off the room that the last word needed
        }
    }

    function _decode(bytes memory code) private pure returns (uint256[] memory bids, ArtifactMask mask) {
        bids = new uint256[]((code.length - HEADER_BYTES) / BID_BYTES);
        assembly ("memory-safe") {
            let cursor := add(code, 33)
            mask := mload(cursor)
            cursor := add(cursor, 32)
            let bid := add(bids, 32)
            for { let end := add(bid, mul(mload(bids), 32)) } lt(bid, end) { bid := add(bid, 32) } {
                mstore(bid, shr(192, mload(cursor)))
                cursor := add(cursor, 8)
            }
        }
    }

    /// @dev The creation code copies what follows its ten bytes into memory and returns that:
    /// PUSH2 length, DUP1, PUSH1 10, PUSH0, CODECOPY, PUSH0, RETURN.
    function _createCode(bytes memory code) private returns (address created) {
        bytes memory creation = abi.encodePacked(hex"61", uint16(code.length), hex"80600a5f395ff3", code);
        assembly ("memory-safe") {
            created := create(0, add(creation, 32), mload(creation))
        }
        if (created == address(0)) revert BidVectorNotStored();
    }
}
