// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {GhostMarket} from "./GhostMarket.sol";
import {IKeeper} from "src/interfaces/IKeeper.sol";
import {Commitment} from "src/libraries/Commitment.sol";
import {ArtifactMask, ArtifactMasks} from "src/types/ArtifactMask.sol";

/// @title Actors that do everything at any time
/// @notice Every call is made whether the rules allow it or not, and must succeed if and only if they do. Every actor
/// may be author, engine and arbiter of the same bounty. What a settlement pays is compared with the model there and
/// then.
contract MarketHandler is GhostMarket {
    /// @dev Whose sums a settlement changes.
    struct Books {
        uint256 balance;
        uint256 supply;
        uint256 treasured;
        uint256 escrow;
    }

    uint256 private constant ACTORS = 6;
    uint256 private constant MAXIMUM_BOUNTIES = 10;

    address public immutable treasury = account("treasury");
    uint256 public initialSupply;

    constructor() {
        setUp();
        for (uint256 i = 0; i < arbiters.length; ++i) {
            registry.removeArbiter(arbiters[i], 0);
        }
        epoch = 4;
        for (uint256 i = 0; i < ACTORS; ++i) {
            actors.push(account(string.concat("actor ", vm.toString(i))));
            fund(actors[i]);
            admit(actors[i]);
            stake(i, MINIMUM_STAKE);
            if (i >= 3) dismiss(actors[i]);
        }
        initialSupply = token.totalSupply();
    }

    // ---- steps of a bounty

    function postBounty(uint256 seed) external {
        if (bounties.length == MAXIMUM_BOUNTIES) return;
        uint8[8] memory sizes = [1, 2, 3, 4, 5, 7, 26, 33];
        address author = actors[seed % ACTORS];
        uint256 numArtifacts = sizes[(seed >> 8) % 8];
        uint256 amount = 2 * NCT * numArtifacts + (seed >> 16) % NCT;
        uint256 duration = 1 + (seed >> 80) % 20;
        uint128 guid = uint128(1000 + bounties.length);
        uint256[8] memory bloom;
        bool done = attempt(
            author,
            abi.encodeCall(registry.postBounty, (guid, seed % 2, amount, URI, numArtifacts, duration, bloom, ""))
        );
        vm.assertEq(done, !paused && !deprecated && arbiterCount != 0, "post");
        if (!done) return;
        GhostBounty storage bounty = bounties.push();
        bounty.guid = guid;
        bounty.author = author;
        bounty.amount = amount;
        bounty.numArtifacts = numArtifacts;
        bounty.bountyFee = registry.bountyFee();
        bounty.assertionFee = registry.assertionFee();
        bounty.revealStart = block.number + duration;
        bounty.voteStart = bounty.revealStart + registry.assertionRevealWindow();
        bounty.end = bounty.voteStart + registry.arbiterVoteWindow();
        bounty.arbiterCount = arbiterCount;
        bounty.epoch = epoch;
    }

    function postAssertion(uint256 seed, uint256 mask, uint256 verdicts) external {
        if (bounties.length == 0) return;
        uint256 id = pick(seed, 0);
        GhostBounty storage bounty = bounties[id];
        address engine = actors[(seed >> 8) % ACTORS];
        mask &= ArtifactMask.unwrap(ArtifactMasks.all(bounty.numArtifacts));
        uint256[] memory bids = new uint256[](ArtifactMask.wrap(mask).count());
        for (uint256 i = 0; i < bids.length; ++i) {
            bids[i] = bound(uint256(keccak256(abi.encode(seed, i))), MINIMUM_BID, NCT);
        }
        if ((seed >> 16) % 8 != 0) verdicts &= mask; // else it may be committed to bits that cannot be revealed
        bool done = attempt(engine, assertionOf(seed, bounty.guid, bids, mask, verdicts, engine));
        GhostClaim storage claim = claims[id][engine];
        vm.assertEq(done, !paused && roundOf(bounty) == 0 && !claim.exists && mask != 0, "assert");
        if (!done) return;
        claim.exists = true;
        claim.index = bounty.engines.length;
        claim.mask = mask;
        claim.verdicts = verdicts;
        claim.bound = isBound(seed);
        uint256 next;
        for (uint256 i = 0; i < bounty.numArtifacts; ++i) {
            claim.bids.push(ArtifactMask.wrap(mask).contains(i) ? bids[next++] : 0);
        }
        bounty.engines.push(engine);
    }

    /// @dev By the engine itself, by another, or in a batch of a keeper.
    function revealAssertion(uint256 seed) external {
        if (bounties.length == 0) return;
        uint256 id = pick(seed, 1);
        GhostBounty storage bounty = bounties[id];
        address engine = whoMayReveal(id, seed >> 8);
        GhostClaim storage claim = claims[id][engine];
        uint256 verdicts = (seed >> 16) % 8 == 0 ? seed : claim.verdicts; // now and then something else
        bool allowed = roundOf(bounty) == 1 && claim.exists && !claim.revealed && verdicts == claim.verdicts
            && verdicts & ~claim.mask == 0;
        uint256 way = (seed >> 32) % 3;
        bool done;
        if (way == 0) {
            done = attempt(
                engine, abi.encodeCall(registry.revealAssertion, (bounty.guid, claim.index, NONCE, verdicts, ""))
            );
        } else {
            address other = actors[(seed >> 40) % ACTORS];
            allowed = allowed && (claim.bound || (way == 1 && other == engine));
            done = way == 1
                ? attempt(other, abi.encodeCall(registry.revealFor, (bounty.guid, engine, NONCE, verdicts, "")))
                : bringOpening(other, bounty.guid, engine, verdicts);
        }
        vm.assertEq(done, allowed, "reveal");
        if (done) claim.revealed = true;
    }

    function voteOnBounty(uint256 seed, uint256 votes) external {
        if (bounties.length == 0) return;
        uint256 id = pick(seed, 2);
        GhostBounty storage bounty = bounties[id];
        address voter = whoMayVote(id, seed >> 8);
        votes &= ArtifactMask.unwrap(ArtifactMasks.all(bounty.numArtifacts));
        bool allowed = mayVote(id, voter);
        bool done = attempt(voter, abi.encodeCall(registry.voteOnBounty, (bounty.guid, votes, true)));
        vm.assertEq(done, allowed, "vote");
        if (!done) return;
        ballots[id][voter] = GhostVote(true, false, votes);
        bounty.voters.push(voter);
        bounty.quorum = bounty.quorum || quorumReached(id);
        if (bounty.end > lockedUntil[voter]) lockedUntil[voter] = bounty.end;
    }

    function settleBounty(uint256 seed) external {
        if (bounties.length == 0) return;
        settleAs(pick(seed, 4), actors[(seed >> 8) % ACTORS], seed >> 32);
    }

    /// @dev All that is due to an actor from all bounties, in one batch.
    function settleTogether(uint256 seed) external {
        address party = actors[seed % ACTORS];
        bytes[] memory calls = new bytes[](bounties.length);
        bool[] memory allowed = new bool[](bounties.length);
        uint256 allDue;
        bool any;
        for (uint256 id = 0; id < calls.length; ++id) {
            calls[id] = abi.encodeCall(registry.settleBounty, (bounties[id].guid));
            uint256 payout;
            (payout,, allowed[id]) = due(id, party);
            allDue += payout;
            any = any || allowed[id];
        }
        uint256 balance = token.balanceOf(party);
        uint256 supply = token.totalSupply();
        vm.prank(party);
        (bool done, bytes memory result) = address(registry).call(abi.encodeCall(registry.batch, (calls)));
        vm.assertEq(done, any, "settle together");
        if (!done) return;
        bool[] memory settled = abi.decode(result, (bool[]));
        for (uint256 id = 0; id < calls.length; ++id) {
            vm.assertEq(settled[id], allowed[id], "settled together");
            if (settled[id]) noteSettled(id, party);
        }
        vm.assertEq(token.balanceOf(party) - balance, allDue, "all payouts");
        burned += supply - token.totalSupply();
    }

    // ---- time

    /// @dev A few blocks, or to the last block of a bounty's round, or to the first of its next.
    function advance(uint256 seed) external {
        if (bounties.length == 0 || seed % 4 == 0) {
            vm.roll(block.number + 1 + (seed >> 8) % 4);
            return;
        }
        GhostBounty storage bounty = bounties[(seed >> 8) % bounties.length];
        uint256[3] memory starts = [bounty.revealStart, bounty.voteStart, bounty.end];
        for (uint256 i = 0; i < 3; ++i) {
            if (starts[i] <= block.number) continue;
            uint256 target = starts[i] - ((seed >> 24) % 4 == 0 ? 1 : 0);
            if (target > block.number) vm.roll(target);
            return;
        }
    }

    // ---- stakes

    function deposit(uint256 seed) external {
        stake(seed, bound(seed >> 8, 1, 3 * MINIMUM_STAKE));
    }

    function withdraw(uint256 seed) external {
        address actor = actors[seed % ACTORS];
        uint256 allowed = withdrawable(actor);
        uint256 value = (seed >> 8) % 3 == 0 ? allowed + 1 : bound(seed >> 16, 0, allowed);
        bool done = attemptAt(address(staking), actor, abi.encodeCall(staking.withdraw, (value)));
        vm.assertEq(done, value != 0 && value <= allowed, "withdraw");
        if (!done) return;
        stakeOf[actor] -= value;
        for (uint256 i = 0; value != 0; ++i) {
            GhostDeposit storage made = ghostDeposits[actor][i];
            uint256 taken = made.value < value ? made.value : value;
            made.value -= taken;
            value -= taken;
        }
    }

    // ---- roles, used and misused

    function govern(uint256 seed) external {
        uint256 what = seed % 8;
        address actor = actors[(seed >> 8) % ACTORS];
        if (what == 0) registry.setBountyFee((seed >> 16) % 10 ether);
        if (what == 1) registry.setAssertionFee((seed >> 16) % 10 ether);
        if (what == 2) registry.setWindows(1 + (seed >> 16) % 20, 1 + (seed >> 32) % 60);
        if (what == 3) registry.setTreasury((seed >> 16) % 2 == 0 ? address(0) : treasury);
        if (what == 4) {
            if (paused) registry.unpause();
            else if ((seed >> 16) % 4 == 0) registry.pause();
            paused = registry.paused();
        }
        if (what == 5) {
            if (deprecated) registry.undeprecate();
            else if ((seed >> 16) % 8 == 0) registry.deprecate((seed >> 24) % 2 == 0);
            deprecated = registry.deprecatedBlock() != 0;
        }
        if (what >= 6) {
            if (arbiterSince[actor] == 0) admit(actor);
            else if ((seed >> 16) % 4 == 0) dismiss(actor);
        }
    }

    function misuse(uint256 seed, uint256 value) external {
        address actor = actors[seed % ACTORS];
        bytes[12] memory calls = [
            abi.encodeCall(registry.setBountyFee, (value)),
            abi.encodeCall(registry.setAssertionFee, (value)),
            abi.encodeCall(registry.setWindows, (value, value)),
            abi.encodeCall(registry.setTreasury, (actor)),
            abi.encodeCall(registry.pause, ()),
            abi.encodeCall(registry.deprecate, (true)),
            abi.encodeCall(registry.addArbiter, (actor, value)),
            abi.encodeCall(registry.removeArbiter, (actors[0], value)),
            abi.encodeCall(registry.transferOwnership, (actor)),
            abi.encodeCall(registry.acceptOwnership, ()),
            abi.encodeCall(staking.recordBounty, (actors[0], uint128(value), type(uint40).max)),
            abi.encodeCall(staking.receiveApproval, (actors[0], value, address(token), ""))
        ];
        bytes memory call = calls[(seed >> 8) % 12];
        vm.assertFalse(attempt(actor, call), "misuse of the registry");
        vm.assertFalse(attemptAt(address(staking), actor, call), "misuse of the stakes");
    }

    // ---- what must hold

    function assertConserved() external view {
        uint256 escrows;
        for (uint256 id = 0; id < bounties.length; ++id) {
            escrows += registry.getBounty(bounties[id].guid).escrow;
        }
        vm.assertEq(token.balanceOf(address(registry)), escrows, "the registry holds the sum of its escrows");
        uint256 stakes;
        uint256 held = token.balanceOf(address(registry)) + token.balanceOf(address(staking));
        for (uint256 i = 0; i < ACTORS; ++i) {
            vm.assertEq(staking.balanceOf(actors[i]), stakeOf[actors[i]], "a stake is what was deposited");
            stakes += stakeOf[actors[i]];
            held += token.balanceOf(actors[i]);
        }
        for (uint256 i = 0; i < arbiters.length; ++i) {
            stakes += MINIMUM_STAKE;
            held += token.balanceOf(arbiters[i]) + token.balanceOf(engines[i]);
        }
        held += token.balanceOf(ambassador) + token.balanceOf(treasury);
        vm.assertEq(token.balanceOf(address(staking)), stakes, "the stakes are all there");
        vm.assertEq(held, token.totalSupply(), "every token is somewhere");
        vm.assertEq(
            token.totalSupply() + burned, initialSupply, "nothing is made, and only lost bids and dust are burned"
        );
    }

    function assertRounds() external view {
        for (uint256 id = 0; id < bounties.length; ++id) {
            vm.assertEq(registry.getCurrentRound(bounties[id].guid), roundOf(bounties[id]), "round");
        }
    }

    function assertStakesAreFreeOrLocked() external view {
        for (uint256 i = 0; i < ACTORS; ++i) {
            vm.assertEq(staking.withdrawableBalanceOf(actors[i]), withdrawable(actors[i]), "withdrawable");
        }
    }

    /// @dev Long after everything is over each party settles once, and nothing remains.
    function settleEverything() external {
        if (!registry.paused()) registry.pause();
        vm.roll(block.number + 1_000_000);
        for (uint256 id = 0; id < bounties.length; ++id) {
            for (uint256 i = 0; i < ACTORS; ++i) {
                settleAs(id, actors[i], i);
                settleAs(id, actors[i], i + 1); // must be refused
            }
            vm.assertEq(registry.getBounty(bounties[id].guid).escrow, 0, "escrow");
            vm.assertEq(registry.getBounty(bounties[id].guid).openClaims, 0, "claims");
        }
        vm.assertEq(token.balanceOf(address(registry)), 0, "the registry is empty");
    }

    // ---- ways to do it

    /// @dev By the party itself, by another, or in a batch of a keeper.
    function settleAs(uint256 id, address party, uint256 way) private {
        GhostBounty storage bounty = bounties[id];
        (uint256 payout, uint256 lost, bool any) = due(id, party);
        Books memory before = booksOf(id, party);
        uint256 gas = gasleft();
        bool done = settleBy(way, bounty.guid, party);
        gas -= gasleft();
        vm.assertEq(done, any && maySettle(id, party, way), "settle");
        if (!done) return;
        vm.assertLe(gas, 200_000 + 12_000 * bounty.numArtifacts, "cost depends on the bounty's artifacts only");
        Books memory afterwards = booksOf(id, party);
        vm.assertEq(afterwards.balance - before.balance, payout, "payout");
        uint256 retired = before.escrow - afterwards.escrow - payout;
        vm.assertGe(retired, lost, "lost bids are gone");
        vm.assertLe(retired - lost, dustMaximum(bounty), "only dust goes with them");
        burned += before.supply - afterwards.supply;
        vm.assertEq(
            before.supply - afterwards.supply + afterwards.treasured - before.treasured, retired, "burned or treasured"
        );
        noteSettled(id, party);
    }

    function noteSettled(uint256 id, address party) private {
        GhostBounty storage bounty = bounties[id];
        if (bounty.author == party) bounty.authorSettled = true;
        claims[id][party].settled = true;
        if (roundOf(bounty) == 4) ballots[id][party].settled = true;
    }

    function booksOf(uint256 id, address party) private view returns (Books memory) {
        return Books(
            token.balanceOf(party),
            token.totalSupply(),
            token.balanceOf(treasury),
            registry.getBounty(bounties[id].guid).escrow
        );
    }

    /// @dev For others only when nothing more becomes due.
    function maySettle(uint256 id, address party, uint256 way) private view returns (bool) {
        bool alone = way % 3 == 0 || (way % 3 == 1 && senderOf(way) == party);
        return alone || roundOf(bounties[id]) == 4 || !ballots[id][party].exists;
    }

    function settleBy(uint256 way, uint128 guid, address party) private returns (bool) {
        if (way % 3 == 0) return attempt(party, abi.encodeCall(registry.settleBounty, (guid)));
        if (way % 3 == 1) return attempt(senderOf(way), abi.encodeCall(registry.settleFor, (guid, party)));
        IKeeper.Claim[] memory batch = new IKeeper.Claim[](1);
        batch[0] = IKeeper.Claim(guid, party);
        return bring(senderOf(way), new IKeeper.Opening[](0), batch);
    }

    function senderOf(uint256 way) private view returns (address) {
        return actors[(way >> 8) % ACTORS];
    }

    function bringOpening(address sender, uint128 guid, address engine, uint256 verdicts) private returns (bool) {
        IKeeper.Opening[] memory batch = new IKeeper.Opening[](1);
        batch[0] = IKeeper.Opening(guid, engine, NONCE, verdicts, "");
        return bring(sender, batch, new IKeeper.Claim[](0));
    }

    function bring(address sender, IKeeper.Opening[] memory openings, IKeeper.Claim[] memory batch)
        private
        returns (bool)
    {
        return attemptAt(address(keeper), sender, abi.encodeCall(keeper.bring, (2_000_000, openings, batch)));
    }

    /// @dev An engine loses less than two units on each artifact, an arbiter less than one.
    function dustMaximum(GhostBounty storage bounty) private view returns (uint256) {
        return 2 * bounty.engines.length * bounty.numArtifacts + bounty.voters.length;
    }

    function stake(uint256 seed, uint256 value) private {
        address actor = actors[seed % ACTORS];
        uint256 open;
        for (uint256 i = 0; i < ghostDeposits[actor].length; ++i) {
            if (ghostDeposits[actor][i].value != 0) ++open;
        }
        uint256 after_ = stakeOf[actor] + value;
        bool allowed = arbiterSince[actor] != 0 && after_ >= MINIMUM_STAKE && after_ <= 10 * MINIMUM_STAKE && open < 64;
        bool done = attemptAt(address(staking), actor, abi.encodeCall(staking.deposit, (value)));
        vm.assertEq(done, allowed, "deposit");
        if (!done) return;
        stakeOf[actor] = after_;
        ghostDeposits[actor].push(GhostDeposit(block.number, value));
    }

    function admit(address actor) private {
        registry.addArbiter(actor, 0);
        arbiterSince[actor] = ++epoch;
        ++arbiterCount;
    }

    function dismiss(address actor) private {
        registry.removeArbiter(actor, 0);
        delete arbiterSince[actor];
        --arbiterCount;
    }

    function isBound(uint256 seed) private pure returns (bool) {
        return (seed >> 24) % 2 != 0;
    }

    /// @dev An assertion in one of the two forms.
    function assertionOf(
        uint256 seed,
        uint128 guid,
        uint256[] memory bids,
        uint256 mask,
        uint256 verdicts,
        address engine
    ) private view returns (bytes memory) {
        if (!isBound(seed)) {
            uint256 original = Commitment.seal(verdicts, NONCE, engine);
            return abi.encodeCall(registry.postAssertion, (guid, bids, mask, original));
        }
        uint256 commitment = Commitment.bind(guid, engine, verdicts, "", NONCE);
        return abi.encodeCall(registry.postSealedAssertion, (guid, bids, mask, commitment));
    }

    /// @dev Alone, or in a batch behind a call that is nonsense.
    function attempt(address sender, bytes memory call) private returns (bool) {
        if (uint256(keccak256(call)) % 3 != 0) return attemptAt(address(registry), sender, call);
        bytes[] memory calls = new bytes[](2);
        calls[1] = call;
        return attemptAt(address(registry), sender, abi.encodeCall(registry.batch, (calls)));
    }

    function attemptAt(address target, address sender, bytes memory call) private returns (bool done) {
        vm.prank(sender);
        (done,) = target.call(call);
    }

    /// @dev Mostly an engine that has not revealed yet, if there is one.
    function whoMayReveal(uint256 id, uint256 seed) private view returns (address) {
        for (uint256 i = 0; i < ACTORS && seed % 8 != 0; ++i) {
            address actor = actors[((seed >> 8) + i) % ACTORS];
            if (claims[id][actor].exists && !claims[id][actor].revealed) return actor;
        }
        return actors[(seed >> 8) % ACTORS];
    }

    /// @dev Mostly an arbiter that has not voted yet, if there is one.
    function whoMayVote(uint256 id, uint256 seed) private view returns (address) {
        for (uint256 i = 0; i < ACTORS && seed % 3 != 0; ++i) {
            address actor = actors[((seed >> 8) + i) % ACTORS];
            if (mayVote(id, actor)) return actor;
        }
        return actors[(seed >> 8) % ACTORS];
    }

    /// @dev Mostly a bounty in the round in which something is to be done, if there is one.
    function pick(uint256 seed, uint256 round) private view returns (uint256) {
        uint256 first = (seed >> 200) % bounties.length;
        if ((seed >> 240) % 4 == 0) return first;
        for (uint256 i = 0; i < bounties.length; ++i) {
            uint256 id = (first + i) % bounties.length;
            uint256 current = roundOf(bounties[id]);
            if (current == round || (current == 3 && (round == 2 || round == 4))) return id;
        }
        return first;
    }
}
