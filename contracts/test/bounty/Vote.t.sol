// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketTest} from "../base/MarketTest.sol";
import {Vm} from "../base/Vm.sol";
import {IArbiterStaking} from "src/interfaces/IArbiterStaking.sol";
import {IBountyRegistry} from "src/interfaces/IBountyRegistry.sol";
import {ArtifactMask, ArtifactMasks} from "src/types/ArtifactMask.sol";

contract VoteTest is MarketTest {
    function setUp() public override {
        super.setUp();
        post(6 * NCT, 3);
        toVote();
    }

    function test_vote_countsAndClaims() public {
        vote(arbiters[0], 5);
        vm.assertEq(registry.getNumberOfVotes(GUID), 1);
        vm.assertEq(registry.getBounty(GUID).openClaims, 2);
        vm.assertTrue(registry.hasOpenVote(GUID, arbiters[0]));
        vm.assertFalse(registry.hasOpenVote(GUID, arbiters[1]));
        (uint256 consensus, uint256 agreement) = registry.getOutcome(GUID);
        vm.assertEq(consensus, 5);
        vm.assertEq(agreement, 3);
    }

    function test_vote_emitsQuorumThenVoteThenBloom() public {
        vote(arbiters[0], 7);
        vm.recordLogs();
        vm.prank(arbiters[1]);
        registry.voteOnBounty(GUID, 7, false);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs[0].topics[0], IBountyRegistry.QuorumReached.selector);
        vm.assertEq(logs[0].data, abi.encode(GUID));
        vm.assertEq(logs[1].topics[0], IBountyRegistry.NewVote.selector);
        vm.assertEq(logs[1].data, abi.encode(GUID, 7, 3, arbiters[1]));
        vm.assertEq(logs[2].topics[0], IBountyRegistry.BloomVote.selector);
        vm.assertEq(uint256(logs[2].topics[1]), GUID);
        vm.assertEq(uint256(logs[2].topics[2]), uint160(arbiters[1]));
        vm.assertEq(logs[2].data, abi.encode(false));
        vm.assertEq(logs[3].topics[0], IArbiterStaking.BountyVoteRecorded.selector);
        vm.assertEq(logs.length, 4);
    }

    function test_vote_isRecordedWithTheStake() public {
        vm.expectEmit(address(staking));
        emit IArbiterStaking.BountyRecorded(GUID, voteEnd());
        vm.expectEmit(address(staking));
        emit IArbiterStaking.BountyVoteRecorded(arbiters[0]);
        vote(arbiters[0], 0);
        vm.assertEq(staking.lockedUntil(arbiters[0]), voteEnd());
        vm.assertEq(staking.bountyResponses(arbiters[0]), 1);
        vote(arbiters[1], 0);
        vm.assertEq(staking.numBounties(), 1);
        vm.assertTrue(staking.bounties(GUID));
    }

    function test_vote_tieIsQuorumAndMalicious() public {
        vote(arbiters[0], 7);
        vm.assertEq(registry.getCurrentRound(GUID), 2);
        vote(arbiters[1], 7);
        vm.assertEq(registry.getCurrentRound(GUID), 3); // 2 of 4 are enough for malicious
        vote(arbiters[2], 0);
        vote(arbiters[3], 0);
        (uint256 consensus,) = registry.getOutcome(GUID);
        vm.assertEq(consensus, 7);
    }

    function test_vote_benignNeedsMoreThanHalf() public {
        vote(arbiters[0], 0);
        vote(arbiters[1], 0);
        vm.assertEq(registry.getCurrentRound(GUID), 2);
        vote(arbiters[2], 0);
        vm.assertEq(registry.getCurrentRound(GUID), 3);
    }

    function test_vote_quorumNeedsAllArtifactsOrAllArbiters() public {
        vote(arbiters[0], 1);
        vote(arbiters[1], 1); // artifact 0 has quorum, the others have 2 of 4 benign
        vm.assertEq(registry.getCurrentRound(GUID), 2);
        vote(arbiters[2], 6);
        vm.assertEq(registry.getCurrentRound(GUID), 2);
        vote(arbiters[3], 0);
        vm.assertEq(registry.getCurrentRound(GUID), 3);
    }

    function test_vote_isAcceptedAfterQuorumAndReachesItOnce() public {
        vote(arbiters[0], 7);
        vote(arbiters[1], 7);
        vm.recordLogs();
        vote(arbiters[2], 7);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs[0].topics[0], IBountyRegistry.NewVote.selector);
        vm.assertEq(registry.getNumberOfVotes(GUID), 3);
    }

    function test_vote_firstAndLastBlock() public {
        vm.roll(block.number - 1);
        refuse(arbiters[0], abi.encodeWithSelector(IBountyRegistry.BountyWrongRound.selector, GUID, 1));
        vm.roll(block.number + 1);
        vote(arbiters[0], 0);
        vm.roll(voteEnd() - 1);
        vote(arbiters[1], 0);
        vm.roll(voteEnd());
        refuse(arbiters[2], abi.encodeWithSelector(IBountyRegistry.BountyWrongRound.selector, GUID, 4));
    }

    function test_vote_refusesUnknownBounties() public {
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.BountyUnknown.selector, 7));
        registry.voteOnBounty(7, 0, true);
    }

    function test_vote_refusesWhoIsNoArbiter() public {
        refuse(engines[0], abi.encodeWithSelector(IBountyRegistry.VoterNotEligible.selector, GUID, engines[0]));
    }

    function test_vote_refusesWhoIsNoArbiterAnyMore() public {
        registry.removeArbiter(arbiters[0], 0);
        refuse(arbiters[0], abi.encodeWithSelector(IBountyRegistry.VoterNotEligible.selector, GUID, arbiters[0]));
        registry.addArbiter(arbiters[0], 0);
        refuse(arbiters[0], abi.encodeWithSelector(IBountyRegistry.VoterNotEligible.selector, GUID, arbiters[0]));
    }

    function test_vote_refusesWhoBecameArbiterInTheSameBlockAfterwards() public {
        uint128 guid = GUID + 1;
        address early = addArbiter("early");
        post(guid, 2 * NCT, 1);
        address late = addArbiter("late");
        vm.roll(block.number + DURATION + REVEAL_WINDOW);
        vm.prank(early);
        registry.voteOnBounty(guid, 1, true);
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.VoterNotEligible.selector, guid, late));
        vm.prank(late);
        registry.voteOnBounty(guid, 1, true);
    }

    function test_vote_refusesASmallStake() public {
        vm.roll(1000 + STAKE_DURATION);
        uint128 guid = GUID + 1;
        post(guid, 2 * NCT, 1);
        vm.roll(block.number + DURATION + REVEAL_WINDOW);
        vm.prank(arbiters[0]);
        staking.withdraw(1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IBountyRegistry.VoterStakeTooLow.selector, arbiters[0], MINIMUM_STAKE - 1, MINIMUM_STAKE
            )
        );
        vm.prank(arbiters[0]);
        registry.voteOnBounty(guid, 0, true);
    }

    function test_vote_refusesASecondVote() public {
        vote(arbiters[0], 0);
        refuse(arbiters[0], abi.encodeWithSelector(IBountyRegistry.VoterAlreadyVoted.selector, GUID, arbiters[0]));
    }

    function test_vote_refusesVotesOnArtifactsThatAreNotThere() public {
        vm.expectRevert(abi.encodeWithSelector(IBountyRegistry.VoterVotesOutOfRange.selector, 8, 3));
        vm.prank(arbiters[0]);
        registry.voteOnBounty(GUID, 8, true);
    }

    function test_vote_isNeverPaused() public {
        registry.pause();
        staking.pause();
        registry.deprecate(false);
        vote(arbiters[0], 0);
    }

    function test_fuzz_vote_onceReachedTheConsensusStays(uint256 seed, uint256[4] memory votes) public {
        uint256 numArtifacts = bound(seed, 1, 256);
        uint128 guid = GUID + 1;
        post(guid, 2 * NCT * numArtifacts, numArtifacts);
        vm.roll(block.number + DURATION + REVEAL_WINDOW);
        bool reached;
        uint256 fixedConsensus;
        for (uint256 i = 0; i < 4; ++i) {
            vm.prank(arbiters[i]);
            registry.voteOnBounty(guid, votes[i] & ArtifactMask.unwrap(ArtifactMasks.all(numArtifacts)), true);
            (uint256 consensus, uint256 agreement) = registry.getOutcome(guid);
            vm.assertGe(2 * agreement, numArtifacts * (i + 1), "at least half agree");
            if (reached) vm.assertEq(consensus, fixedConsensus);
            if (!reached && registry.getCurrentRound(guid) == 3) (reached, fixedConsensus) = (true, consensus);
        }
        vm.assertTrue(reached);
    }

    function refuse(address voter, bytes memory revertData) internal {
        vm.expectRevert(revertData);
        vm.prank(voter);
        registry.voteOnBounty(GUID, 0, true);
    }
}
