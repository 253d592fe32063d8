// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketTest} from "../base/MarketTest.sol";
import {SettlementModel} from "../base/SettlementModel.sol";
import {Commitment} from "src/libraries/Commitment.sol";
import {ArtifactMask, ArtifactMasks} from "src/types/ArtifactMask.sol";

/// @title The contract against the model
/// @notice Bounties of any size with any bids, masks, verdicts, missing reveals, missing votes and ties: every payout
/// is that of the model to the base unit, what is burned as well, and nothing is left.
contract SettleModelTest is MarketTest {
    using SettlementModel for SettlementModel.Play;

    uint256 private _state;

    function test_fuzz_settle_paysWhatTheModelPays_few(uint256 seed) public {
        play(seed, 1 + seed % 8);
    }

    function test_fuzz_settle_paysWhatTheModelPays_upTo256(uint256 seed) public {
        play(seed, 1 + seed % 256);
    }

    function test_settle_paysWhatTheModelPays_atTheLimitsOfPacking() public {
        uint256[10] memory sizes = [uint256(1), 3, 4, 5, 24, 25, 32, 33, 255, 256];
        for (uint256 i = 0; i < sizes.length; ++i) {
            for (uint256 seed = 0; seed < 3; ++seed) {
                uint256 snapshot = vm.snapshotState();
                play(seed, sizes[i]);
                vm.revertToState(snapshot);
            }
        }
    }

    function play(uint256 seed, uint256 numArtifacts) internal {
        _state = seed;
        SettlementModel.Play memory model;
        model.numArtifacts = numArtifacts;
        model.amount = 2 * NCT * numArtifacts + random() % NCT;
        model.bountyFee = BOUNTY_FEE;
        model.assertionFee = ASSERTION_FEE;
        model.claims = new SettlementModel.Claim[](random() % 5);
        model.votes = new uint256[](random() % 5);

        post(model.amount, numArtifacts);
        postAssertions(model);
        toReveal();
        for (uint256 j = 0; j < model.claims.length; ++j) {
            if (model.claims[j].revealed) reveal(engines[j], j, model.claims[j].verdicts);
        }
        toVote();
        castVotes(model);
        toEnd();
        assertPayouts(model);
    }

    function postAssertions(SettlementModel.Play memory model) internal {
        uint256 everything = ArtifactMask.unwrap(ArtifactMasks.all(model.numArtifacts));
        for (uint256 j = 0; j < model.claims.length; ++j) {
            SettlementModel.Claim memory claim = model.claims[j];
            claim.mask = random() & everything;
            if (random() % 3 == 0) claim.mask = everything;
            if (claim.mask == 0) claim.mask = 1;
            claim.verdicts = random() & claim.mask;
            claim.revealed = random() % 4 != 0;
            claim.bids = new uint256[](model.numArtifacts);
            uint256[] memory bids = new uint256[](ArtifactMask.wrap(claim.mask).count());
            uint256 next;
            for (uint256 i = 0; i < model.numArtifacts; ++i) {
                if (!ArtifactMask.wrap(claim.mask).contains(i)) continue;
                claim.bids[i] = bids[next++] = bound(random(), MINIMUM_BID, NCT);
            }
            if (model.numArtifacts <= 64 && random() % 2 == 0) {
                vm.prank(engines[j]);
                registry.postAssertion(GUID, bids, claim.mask, Commitment.seal(claim.verdicts, NONCE, engines[j]));
            } else {
                bid(engines[j], bids, claim.mask, claim.verdicts);
            }
        }
    }

    function castVotes(SettlementModel.Play memory model) internal {
        uint256 shared = random();
        for (uint256 j = 0; j < model.votes.length; ++j) {
            uint256 votes = random() % 2 == 0 ? shared : random();
            model.votes[j] = votes & ArtifactMask.unwrap(ArtifactMasks.all(model.numArtifacts));
            vote(arbiters[j], model.votes[j]);
        }
    }

    function assertPayouts(SettlementModel.Play memory model) internal {
        uint256 supply = token.totalSupply();
        uint256 left = token.balanceOf(address(registry));
        (uint256 refund, uint256 lost) = model.author();
        for (uint256 j = 0; j < model.claims.length; ++j) {
            uint256 paid = settle(engines[j]);
            vm.assertEq(paid, model.expert(j), "engine");
            left -= paid;
        }
        vm.assertEq(settle(ambassador), refund, "ambassador");
        left -= refund + lost;
        for (uint256 j = 0; j < model.votes.length; ++j) {
            uint256 paid = settle(arbiters[j]);
            vm.assertEq(paid, model.arbiter(j), "arbiter");
            left -= paid;
        }
        vm.assertEq(supply - token.totalSupply(), lost + left, "burned");
        vm.assertLe(left, dustMaximum(model), "dust");
        vm.assertEq(token.balanceOf(address(registry)), 0, "left behind");
        vm.assertEq(registry.getBounty(GUID).escrow, 0, "escrow");
    }

    /// @dev Each engine loses less than two units on an artifact, each arbiter less than one.
    function dustMaximum(SettlementModel.Play memory model) internal pure returns (uint256) {
        return 2 * model.claims.length * model.numArtifacts + model.votes.length;
    }

    function random() internal returns (uint256) {
        _state = uint256(keccak256(abi.encode(_state)));
        return _state;
    }
}
