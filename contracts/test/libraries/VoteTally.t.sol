// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "../base/Test.sol";
import {VoteTally} from "src/libraries/VoteTally.sol";
import {ArtifactMask, ArtifactMasks} from "src/types/ArtifactMask.sol";
import {BountyRecord} from "src/types/BountyRecord.sol";

contract VoteTallyTest is Test {
    using VoteTally for BountyRecord;

    BountyRecord private _record;

    function test_fuzz_outcomeAndQuorumAreThoseOfTheDefinition(uint256 seed, uint256[9] memory ballots) public {
        uint256 numArtifacts = seed % 3 == 0 ? 1 + seed % 6 : bound(seed, 1, 256);
        uint256 arbiterCount = bound(uint256(keccak256(abi.encode(seed))), 9, 20);
        bool hadQuorum;
        uint256 consensusAtQuorum;
        for (uint256 n = 1; n <= 9; ++n) {
            ballots[n - 1] &= ArtifactMask.unwrap(ArtifactMasks.all(numArtifacts));
            _record.tally(ArtifactMask.wrap(ballots[n - 1]), numArtifacts);
            (uint256 consensus, uint256 agreement) = outcome(numArtifacts, n);
            (uint256 expected, uint256 expectedAgreement, bool quorum) = defined(ballots, n, numArtifacts, arbiterCount);
            vm.assertEq(consensus, expected);
            vm.assertEq(agreement, expectedAgreement);
            vm.assertGe(2 * agreement, n * numArtifacts, "at least half agree");
            vm.assertEq(_record.hasQuorum(numArtifacts, n, arbiterCount), quorum);
            if (hadQuorum) vm.assertTrue(quorum && consensus == consensusAtQuorum);
            if (quorum) (hadQuorum, consensusAtQuorum) = (true, consensus);
        }
    }

    function test_countsTwoHundredAndFiftyFiveArbiters() public {
        for (uint256 n = 1; n <= 255; ++n) {
            _record.tally(ArtifactMasks.all(256), 256);
        }
        (uint256 consensus, uint256 agreement) = outcome(256, 255);
        vm.assertEq(consensus, type(uint256).max);
        vm.assertEq(agreement, 255 * 256);
        vm.assertTrue(_record.hasQuorum(256, 255, 255));
    }

    function test_countsTwoHundredAndFiftyFiveArbitersInTheSlot() public {
        for (uint256 n = 1; n <= 255; ++n) {
            _record.tally(ArtifactMasks.all(4), 4);
        }
        (uint256 consensus, uint256 agreement) = outcome(4, 255);
        vm.assertEq(consensus, 15);
        vm.assertEq(agreement, 255 * 4);
    }

    function outcome(uint256 numArtifacts, uint256 votesCast) internal view returns (uint256, uint256) {
        (ArtifactMask consensus, uint256 agreement) = _record.outcome(numArtifacts, votesCast);
        return (ArtifactMask.unwrap(consensus), agreement);
    }

    /// @dev The definition: M ≥ N − M or B > N − B on each artifact, or everybody voted; malicious if
    /// M ≥ n − M.
    function defined(uint256[9] memory ballots, uint256 n, uint256 numArtifacts, uint256 arbiterCount)
        internal
        pure
        returns (uint256 consensus, uint256 agreement, bool quorum)
    {
        quorum = true;
        for (uint256 i = 0; i < numArtifacts; ++i) {
            uint256 malicious;
            for (uint256 j = 0; j < n; ++j) {
                malicious += (ballots[j] >> i) & 1;
            }
            uint256 benign = n - malicious;
            if (malicious >= benign) consensus |= 1 << i;
            agreement += malicious >= benign ? malicious : benign;
            quorum = quorum && (malicious + malicious >= arbiterCount || benign + benign > arbiterCount);
        }
        quorum = quorum || n == arbiterCount;
    }
}
