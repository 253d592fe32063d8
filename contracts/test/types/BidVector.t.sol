// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "../base/Test.sol";
import {ArtifactMask, ArtifactMasks} from "src/types/ArtifactMask.sol";
import {BidVector, BidVectors} from "src/types/BidVector.sol";

contract BidVectorTest is Test {
    using BidVectors for uint256[];

    function test_fuzz_whatIsStoredIsLoaded(uint256 seed, uint256 mask) public {
        uint256 numArtifacts = bound(seed, 1, 256);
        if (seed % 4 == 0) numArtifacts = 1 + seed % 5;
        mask &= ArtifactMask.unwrap(ArtifactMasks.all(numArtifacts));
        if (mask == 0) mask = 1;
        uint256[] memory bids = new uint256[](ArtifactMask.wrap(mask).count());
        for (uint256 i = 0; i < bids.length; ++i) {
            bids[i] = bound(uint256(keccak256(abi.encode(seed, i))), 1, type(uint64).max);
        }
        BidVector vector = bids.store(ArtifactMask.wrap(mask), numArtifacts);
        vm.assertTrue(vector.exists());
        (uint256[] memory loaded, ArtifactMask loadedMask) = vector.load(numArtifacts);
        vm.assertEq(ArtifactMask.unwrap(loadedMask), mask);
        for (uint256 i = 0; i < bids.length; ++i) {
            vm.assertEq(loaded[i], bids[i]);
        }
    }

    function test_codeBeginsWithStopAndHasNoByteTooMany() public {
        uint256[] memory bids = new uint256[](2);
        (bids[0], bids[1]) = (0x0102030405060708, type(uint64).max);
        address code = codeOf(bids.store(ArtifactMask.wrap(0x88), 8));
        bytes memory expected = abi.encodePacked(hex"00", uint256(0x88), uint64(bids[0]), uint64(bids[1]));
        vm.assertEq(code.code, expected);
    }

    function test_codeDoesNothingWhenCalled() public {
        uint256[] memory bids = new uint256[](1);
        bids[0] = type(uint64).max;
        address code = codeOf(bids.store(ArtifactMask.wrap(1 << 200), 256));
        (bool success, bytes memory result) = code.call(hex"00112233");
        vm.assertTrue(success);
        vm.assertEq(result.length, 0);
    }

    function test_refusesToGoOnIfCodeIsNotCreated() public {
        vm.expectRevert(abi.encodeWithSelector(BidVectors.BidVectorNotStored.selector));
        this.storeWithLittleGas{gas: 60_000}();
    }

    /// @dev What is left of so little gas does not pay for 289 bytes of code, and does pay for saying so.
    function storeWithLittleGas() external {
        uint256[] memory bids = new uint256[](32);
        bids.store(ArtifactMask.wrap(type(uint32).max), 32);
    }

    function codeOf(BidVector vector) internal pure returns (address) {
        return address(uint160(BidVector.unwrap(vector)));
    }
}
