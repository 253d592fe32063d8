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
            uint256 payout = Payout.correct(bids[i], total, won, amount);
            vm.assertGe(payout, bids[i], "who was right loses nothing");
            paid += payout;
            ++count;
        }
        vm.assertLe(paid, total + amount, "no more than there is");
        vm.assertGe(paid + 2 * count, total + amount, "all but dust");
    }

    function test_fuzz_correctNeverOverflows(uint96 share) public pure {
        Payout.correct(type(uint64).max, LaneSums.LANE_MAXIMUM, LaneSums.LANE_MAXIMUM, share);
        Payout.correct(type(uint64).max, LaneSums.LANE_MAXIMUM, type(uint64).max, share);
    }

    function test_fuzz_withoutVotesEverythingGoesBack(
        uint96 amount,
        uint64 bountyFee,
        uint64 assertionFee,
        uint256 seed,
        uint8[6] memory artifacts,
        uint64[6] memory bids
    ) public pure {
        uint256 numArtifacts = bound(seed, 1, 256);
        uint256 count = seed % 7;
        uint256 share = Payout.artifactShare(amount, numArtifacts);
        uint256 held = uint256(amount) + bountyFee;
        uint256 paid;
        uint256 bidCount;
        for (uint256 i = 0; i < count; ++i) {
            uint256 asserted = bound(artifacts[i], 1, numArtifacts);
            bidCount += asserted;
            held += uint256(assertionFee) + bids[i];
            paid += Payout.unjudgedExpert(bids[i], asserted, assertionFee, share, count);
        }
        paid += Payout.unjudgedAuthor(amount, bountyFee, share, count, bidCount);
        vm.assertEq(paid, held);
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
