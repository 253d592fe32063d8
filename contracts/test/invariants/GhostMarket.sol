// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketTest} from "../base/MarketTest.sol";
import {SettlementModel} from "../base/SettlementModel.sol";
import {ArtifactMask} from "src/types/ArtifactMask.sol";

/// @title What the market should be, kept beside it
/// @notice Knows everything that was done and, from the rules alone, what may be done next and what is to be paid.
abstract contract GhostMarket is MarketTest {
    using SettlementModel for SettlementModel.Play;

    struct GhostClaim {
        bool exists;
        bool revealed;
        bool settled;
        bool bound; // committed in the form that others may open
        uint256 index;
        uint256 mask;
        uint256 verdicts;
        uint256[] bids; // by artifact
    }

    struct GhostVote {
        bool exists;
        bool settled;
        uint256 votes;
    }

    struct GhostBounty {
        uint128 guid;
        address author;
        uint256 amount;
        uint256 numArtifacts;
        uint256 bountyFee;
        uint256 assertionFee;
        uint256 revealStart;
        uint256 voteStart;
        uint256 end;
        uint256 arbiterCount;
        uint256 epoch;
        bool quorum;
        bool authorSettled;
        address[] engines;
        address[] voters;
    }

    struct GhostDeposit {
        uint256 blockNumber;
        uint256 value;
    }

    address[] internal actors;
    GhostBounty[] internal bounties;
    mapping(uint256 bounty => mapping(address engine => GhostClaim)) internal claims;
    mapping(uint256 bounty => mapping(address voter => GhostVote)) internal ballots;

    uint256 internal epoch;
    uint256 internal arbiterCount;
    mapping(address actor => uint256) internal arbiterSince;
    mapping(address actor => GhostDeposit[]) internal ghostDeposits;
    mapping(address actor => uint256) internal stakeOf;
    mapping(address actor => uint256) internal lockedUntil;
    bool internal paused;
    bool internal deprecated;
    uint256 internal burned;

    // ---- what may be done

    function roundOf(GhostBounty storage bounty) internal view returns (uint256) {
        if (block.number < bounty.revealStart) return 0;
        if (block.number < bounty.voteStart) return 1;
        if (block.number >= bounty.end) return 4;
        return bounty.quorum ? 3 : 2;
    }

    function mayVote(uint256 id, address actor) internal view returns (bool) {
        GhostBounty storage bounty = bounties[id];
        uint256 round = roundOf(bounty);
        return (round == 2 || round == 3) && arbiterSince[actor] != 0 && arbiterSince[actor] <= bounty.epoch
            && stakeOf[actor] >= MINIMUM_STAKE && !ballots[id][actor].exists;
    }

    /// @dev What the actor gets if it settles now, what is burned with it, and whether there is anything to settle.
    function due(uint256 id, address actor) internal view returns (uint256 payout, uint256 lost, bool any) {
        GhostBounty storage bounty = bounties[id];
        uint256 round = roundOf(bounty);
        if (round < 3) return (0, 0, false);
        SettlementModel.Play memory play = playOf(id);
        if (bounty.author == actor && !bounty.authorSettled) {
            (payout, lost) = play.author();
            any = true;
        }
        GhostClaim storage claim = claims[id][actor];
        if (claim.exists && !claim.settled) {
            payout += play.expert(claim.index);
            any = true;
        }
        if (round == 4 && ballots[id][actor].exists && !ballots[id][actor].settled) {
            payout += play.arbiter(voterIndex(id, actor));
            any = true;
        }
    }

    /// @dev A definition of quorum that counts votes one by one.
    function quorumReached(uint256 id) internal view returns (bool) {
        GhostBounty storage bounty = bounties[id];
        uint256 votesCast = bounty.voters.length;
        if (votesCast == bounty.arbiterCount) return true;
        for (uint256 i = 0; i < bounty.numArtifacts; ++i) {
            uint256 malicious;
            for (uint256 j = 0; j < votesCast; ++j) {
                if (ArtifactMask.wrap(ballots[id][bounty.voters[j]].votes).contains(i)) ++malicious;
            }
            uint256 benign = votesCast - malicious;
            if (malicious < bounty.arbiterCount - malicious && benign <= bounty.arbiterCount - benign) return false;
        }
        return true;
    }

    function withdrawable(address actor) internal view returns (uint256 matured) {
        if (deprecated && block.number >= registry.finishedBlock()) {
            matured = stakeOf[actor];
        } else {
            for (uint256 i = 0; i < ghostDeposits[actor].length; ++i) {
                GhostDeposit storage made = ghostDeposits[actor][i];
                if (made.blockNumber + STAKE_DURATION <= block.number) matured += made.value;
            }
        }
        if (block.number >= lockedUntil[actor]) return matured;
        uint256 beyond = stakeOf[actor] > MINIMUM_STAKE ? stakeOf[actor] - MINIMUM_STAKE : 0;
        return matured < beyond ? matured : beyond;
    }

    // ---- the bounty as the model of settlement sees it

    function playOf(uint256 id) internal view returns (SettlementModel.Play memory play) {
        GhostBounty storage bounty = bounties[id];
        play.amount = bounty.amount;
        play.numArtifacts = bounty.numArtifacts;
        play.bountyFee = bounty.bountyFee;
        play.assertionFee = bounty.assertionFee;
        play.claims = new SettlementModel.Claim[](bounty.engines.length);
        for (uint256 j = 0; j < bounty.engines.length; ++j) {
            GhostClaim storage claim = claims[id][bounty.engines[j]];
            play.claims[j] = SettlementModel.Claim(claim.mask, claim.verdicts, claim.revealed, claim.bids);
        }
        play.votes = new uint256[](bounty.voters.length);
        for (uint256 j = 0; j < bounty.voters.length; ++j) {
            play.votes[j] = ballots[id][bounty.voters[j]].votes;
        }
    }

    function voterIndex(uint256 id, address actor) internal view returns (uint256 index) {
        while (bounties[id].voters[index] != actor) ++index;
    }
}
