// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "../base/Test.sol";
import {LaneSums} from "src/libraries/LaneSums.sol";
import {ArtifactMask, ArtifactMasks} from "src/types/ArtifactMask.sol";

contract LaneSumsTest is Test {
    using LaneSums for uint256[256];

    uint256[256] private _words;
    uint256[768] private _expected;

    function test_fuzz_lanesDoNotTouchEachOther(uint256 seed, uint256[6] memory masks, uint256[6] memory selections)
        public
    {
        uint256 numArtifacts = bound(seed, 1, 256);
        for (uint256 j = 0; j < 6; ++j) {
            uint256 mask = masks[j] & ArtifactMask.unwrap(ArtifactMasks.all(numArtifacts));
            uint256 selected = mask & selections[j];
            uint256 firstLane = (j % 3) * numArtifacts;
            uint256[] memory bids = new uint256[](ArtifactMask.wrap(mask).count());
            uint256 next;
            for (uint256 i = 0; i < numArtifacts; ++i) {
                if (!ArtifactMask.wrap(mask).contains(i)) continue;
                uint256 bid = uint64(uint256(keccak256(abi.encode(seed, j, i))));
                if (ArtifactMask.wrap(selected).contains(i)) _expected[firstLane + i] += bid;
                bids[next++] = bid;
            }
            _words.add(firstLane, bids, ArtifactMask.wrap(mask), ArtifactMask.wrap(selected));
        }
        for (uint256 lane = 0; lane < 3 * numArtifacts; ++lane) {
            vm.assertEq(_words.sumAt(lane), _expected[lane]);
        }
    }

    function test_refusesMoreThanALaneHolds() public {
        for (uint256 lane = 0; lane < 3; ++lane) {
            this.addOne(lane, LaneSums.LANE_MAXIMUM);
            vm.expectRevert(abi.encodeWithSelector(LaneSums.LaneSumsOverflow.selector, lane, LaneSums.LANE_MAXIMUM + 1));
            this.addOne(lane, 1);
            vm.assertEq(_words.sumAt(lane), LaneSums.LANE_MAXIMUM);
        }
    }

    function test_holdsMoreBidsThanThereCanBe() public pure {
        // At 1/32 NCT of fee and 1 NCT of bid each, the tokens in existence do not pay for so many.
        vm.assertGt(LaneSums.LANE_MAXIMUM / 1 ether, 38_000_000, "bids");
    }

    function addOne(uint256 lane, uint256 bid) external {
        uint256[] memory bids = new uint256[](1);
        bids[0] = bid;
        _words.add(lane, bids, ArtifactMask.wrap(1), ArtifactMask.wrap(1));
    }
}
