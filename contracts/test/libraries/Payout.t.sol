// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "../base/Test.sol";
import {LaneSums} from "src/libraries/LaneSums.sol";
import {Payout} from "src/libraries/Payout.sol";

contract PayoutTest is Test {
    function test_fuzz_winnersShareAllThatWasLostAndTheReward(uint64[8] memory bids, uint8 winners, uint96 amount)
        public
        pure
    {
        uint256 total;
        uint256 won;
        for (uint256 i = 0; i < 8; ++i) {
            total += bids[i];
            if ((winners >> i) & 1 == 1) won += bids[i];
        }
        if (won == 0) return;
        uint256 paid;
        uint256 count;
        for (uint256 i = 0; i < 8; ++i) {
            if ((winners >> i) & 1 == 0) continue;
            uint256 payout = Payout.correct(bids[i], won, total - won, amount);
            vm.assertGe(payout, bids[i], "who was right loses nothing");
            paid += payout;
            ++count;
        }
        vm.assertLe(paid, total + amount, "no more than there is");
        vm.assertGe(paid + 2 * count, total + amount, "all but dust");
    }

    function test_fuzz_correctNeverOverflows(uint96 share) public pure {
        Payout.correct(type(uint64).max, LaneSums.LANE_MAXIMUM, LaneSums.LANE_MAXIMUM, share);
        Payout.correct(type(uint64).max, type(uint64).max, LaneSums.LANE_MAXIMUM, share);
    }

    function test_fuzz_aBidInManyPartsGainsNoMoreThanInOne(uint64[8] memory parts, uint64 others, uint96 share)
        public
        pure
    {
        uint256 whole;
        for (uint256 i = 0; i < 8; ++i) {
            whole += parts[i];
        }
        uint256 won = whole + others;
        if (won == 0) return;
        uint256 paid;
        for (uint256 i = 0; i < 8; ++i) {
            paid += Payout.correct(parts[i], won, 0, share);
        }
        uint256 inOne = Payout.correct(whole, won, 0, share);
        vm.assertLe(paid, inOne, "no more");
        vm.assertGe(paid + 8, inOne, "all but dust");
    }

    function test_fuzz_feesAreSharedByAgreement(
        uint64 bountyFee,
        uint64 assertionFee,
        uint32 count,
        uint16[5] memory own
    ) public pure {
        uint256 all;
        for (uint256 i = 0; i < 5; ++i) {
            own[i] %= 257;
            all += own[i];
        }
        if (all == 0) return;
        uint256 pot = uint256(bountyFee) + uint256(assertionFee) * count;
        uint256 paid;
        for (uint256 i = 0; i < 5; ++i) {
            uint256 payout = Payout.arbiter(bountyFee, assertionFee, count, own[i], all);
            if (own[i] == 0) vm.assertEq(payout, 0);
            paid += payout;
        }
        vm.assertLe(paid, pot, "no more than there is");
        vm.assertGe(paid + 5, pot, "all but dust");
    }

    function test_fuzz_amountIsSharesAndRemainder(uint96 amount, uint256 seed) public pure {
        uint256 numArtifacts = bound(seed, 1, 256);
        uint256 sum = Payout.artifactShare(amount, numArtifacts) * numArtifacts + Payout.remainder(amount, numArtifacts);
        vm.assertEq(sum, amount);
    }
}
