// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ChannelTest} from "../base/ChannelTest.sol";
import {OfferMultiSig} from "src/OfferMultiSig.sol";

/// @title Two parties that agree on states off the chain, and show any of them at any time
/// @notice Every call is made whether the rules allow it or not, and must succeed if and only if they do. When a
/// channel has paid, the two open another.
contract ChannelHandler is ChannelTest {
    struct Agreed {
        uint256 closeFlag;
        uint256 sequence;
        uint256 balanceA;
        uint256 balanceB;
    }

    enum Stage {
        New,
        Opened,
        Joined,
        Settling,
        Closed
    }

    Agreed[] internal agreed; // in the order of their sequences
    Stage internal stage;
    uint256 internal known; // which of them the channel has seen last
    uint256 internal held;
    uint256 internal settlementEnd;
    uint128 internal nextGuid = 1000;
    uint256 internal balanceOfAmbassador;
    uint256 internal balanceOfExpert;

    constructor() {
        setUp();
        token.mint(ambassador, 1e30);
        token.mint(expert, 1e30);
        begin(100, 10);
    }

    function open(uint256 seed) external {
        bytes memory content = encoded(0);
        (uint8 v, bytes32 r, bytes32 s) = sign(seed % 4 == 0 ? expertKey : ambassadorKey, content);
        bool done = attempt(ambassador, abi.encodeCall(channel.openAgreement, (content, v, r, s)));
        vm.assertEq(done, stage == Stage.New && seed % 4 != 0, "open");
        if (!done) return;
        stage = Stage.Opened;
        held = agreed[0].balanceA;
        balanceOfAmbassador -= held;
    }

    function join(uint256 seed) external {
        bytes memory content = encoded(0);
        (uint8 v, bytes32 r, bytes32 s) = sign(seed % 4 == 0 ? ambassadorKey : expertKey, content);
        bool done = attempt(expert, abi.encodeCall(channel.joinAgreement, (content, v, r, s)));
        vm.assertEq(done, stage == Stage.Opened && seed % 4 != 0, "join");
        if (!done) return;
        stage = Stage.Joined;
        held += agreed[0].balanceB;
        balanceOfExpert -= agreed[0].balanceB;
    }

    function cancel(uint256 seed) external {
        if (seed % 8 != 0) return;
        bool done = attempt(ambassador, abi.encodeCall(channel.cancelAgreement, ()));
        vm.assertEq(done, stage == Stage.Opened, "cancel");
        if (!done) return;
        balanceOfAmbassador += held;
        begin(seed % 1000, (seed >> 16) % 1000);
    }

    /// @dev Off the chain: another division of what the channel holds, now and then to close it, now and then of
    /// something else.
    function agree(uint256 seed) external {
        if (stage < Stage.Joined) return;
        uint256 balanceA = bound(seed, 0, held);
        uint256 total = held;
        if ((seed >> 8) % 3 == 0) total = (seed >> 16) % 2 == 0 || balanceA == held ? held + 1 : held - 1;
        agreed.push(Agreed(seed % 3 == 0 ? 1 : 0, latest().sequence + 1 + seed % 3, balanceA, total - balanceA));
    }

    function deposit(uint256 seed) external {
        Agreed memory more = latest();
        more.closeFlag = 0;
        more.sequence += 1;
        more.balanceA += seed % 100;
        more.balanceB += (seed >> 8) % 100;
        bytes memory content = state(more.closeFlag, more.sequence, more.balanceA, more.balanceB);
        Signatures memory both = signed(content);
        bool fromAmbassador = seed % 2 == 0;
        bool done = attempt(
            fromAmbassador ? ambassador : expert,
            abi.encodeCall(channel.depositFunds, (content, both.v, both.r, both.s))
        );
        uint256 total = more.balanceA + more.balanceB;
        bool inTime = block.number <= DEPOSIT_DEADLINE;
        vm.assertEq(done, stage == Stage.Joined && total > held && inTime, "deposit");
        if (!done) return;
        if (fromAmbassador) balanceOfAmbassador -= total - held;
        else balanceOfExpert -= total - held;
        held = total;
        agreed.push(more);
        known = agreed.length - 1;
    }

    function close(uint256 seed) external {
        uint256 shown = pick(seed);
        (bytes memory content, Signatures memory both, bool good) = show(shown, seed >> 64);
        bool done = attempt(party(seed), abi.encodeCall(channel.closeAgreement, (content, both.v, both.r, both.s)));
        Agreed storage it = agreed[shown];
        bool allowed = stage == Stage.Joined && good && it.closeFlag == 1 && shown >= known && sums(it);
        vm.assertEq(done, allowed, "close");
        if (done) paid(it, seed);
    }

    function startSettle(uint256 seed) external {
        uint256 shown = pick(seed);
        (bytes memory content, Signatures memory both, bool good) = show(shown, seed >> 64);
        bool done = attempt(party(seed), abi.encodeCall(channel.startSettle, (content, both.v, both.r, both.s)));
        vm.assertEq(done, stage == Stage.Joined && good && shown >= known && sums(agreed[shown]), "start");
        if (!done) return;
        stage = Stage.Settling;
        known = shown;
        settlementEnd = block.number + PERIOD;
    }

    function challengeSettle(uint256 seed) external {
        uint256 shown = pick(seed);
        (bytes memory content, Signatures memory both, bool good) = show(shown, seed >> 64);
        bool done = attempt(party(seed), abi.encodeCall(channel.challengeSettle, (content, both.v, both.r, both.s)));
        bool allowed =
            stage == Stage.Settling && block.number < settlementEnd && good && shown > known && sums(agreed[shown]);
        vm.assertEq(done, allowed, "challenge");
        if (done) known = shown;
    }

    function closeWithTimeout(uint256 seed) external {
        uint256 shown = seed % 4 == 0 ? pick(seed) : known;
        (bytes memory content, Signatures memory both,) = show(shown, 1);
        bool done =
            attempt(party(seed), abi.encodeCall(channel.closeAgreementWithTimeout, (content, both.v, both.r, both.s)));
        vm.assertEq(done, stage == Stage.Settling && block.number >= settlementEnd && shown == known, "timeout");
        if (done) paid(agreed[shown], seed);
    }

    function advance(uint256 seed) external {
        vm.roll(block.number + seed % (PERIOD / 2));
    }

    function misuse(uint256 seed) external {
        if (seed % 4 == 0) {
            if (offers.channelsPaused()) offers.unpauseChannels();
            offers.pauseChannels();
            vm.assertFalse(attempt(ambassador, abi.encodeCall(channel.openAgreement, (encoded(0), 27, 0, 0))));
            offers.unpauseChannels();
        }
        (bytes memory content, Signatures memory both,) = show(pick(seed), 1);
        vm.assertFalse(attempt(stranger, abi.encodeCall(channel.closeAgreement, (content, both.v, both.r, both.s))));
        vm.assertFalse(attempt(stranger, abi.encodeCall(channel.startSettle, (content, both.v, both.r, both.s))));
        vm.assertFalse(attempt(stranger, abi.encodeCall(channel.challengeSettle, (content, both.v, both.r, both.s))));
        vm.assertFalse(attempt(stranger, abi.encodeCall(channel.cancelAgreement, ())));
    }

    // ---- what must hold

    function assertExact() external view {
        vm.assertEq(token.balanceOf(address(channel)), held, "the channel holds what was put in");
        vm.assertEq(channel.total(), held, "and counts it");
        vm.assertEq(token.balanceOf(ambassador), balanceOfAmbassador, "the ambassador was paid what it signed");
        vm.assertEq(token.balanceOf(expert), balanceOfExpert, "the expert was paid what it signed");
        vm.assertEq(channel.isInSettlementState() == 1, stage == Stage.Settling);
        vm.assertEq(channel.isPending(), stage == Stage.Opened);
    }

    /// @dev One party alone gets everybody's money out, within one settlement period.
    function endWithoutConsent() external {
        offers.pauseChannels();
        if (stage == Stage.Opened) {
            vm.assertTrue(attempt(ambassador, abi.encodeCall(channel.cancelAgreement, ())));
            vm.assertEq(token.balanceOf(ambassador), balanceOfAmbassador + held);
        }
        if (stage < Stage.Joined) return;
        uint256 last = agreed.length - 1;
        while (!sums(agreed[last])) --last;
        (bytes memory content, Signatures memory both,) = show(last, 1);
        uint256 begun = block.number;
        if (stage == Stage.Joined) {
            vm.assertTrue(attempt(expert, abi.encodeCall(channel.startSettle, (content, both.v, both.r, both.s))));
            known = last;
        }
        (content, both,) = show(known, 1);
        vm.roll(begun + PERIOD);
        vm.assertTrue(
            attempt(expert, abi.encodeCall(channel.closeAgreementWithTimeout, (content, both.v, both.r, both.s)))
        );
        vm.assertEq(token.balanceOf(ambassador), balanceOfAmbassador + agreed[known].balanceA);
        vm.assertEq(token.balanceOf(expert), balanceOfExpert + agreed[known].balanceB);
        vm.assertEq(token.balanceOf(address(channel)), 0);
    }

    // ---- ways to do it

    function paid(Agreed storage it, uint256 seed) private {
        balanceOfAmbassador += it.balanceA;
        balanceOfExpert += it.balanceB;
        vm.assertEq(channel.isClosed(), 1);
        vm.assertEq(token.balanceOf(address(channel)), 0);
        begin(seed % 1000, (seed >> 16) % 1000);
    }

    function begin(uint256 balanceA, uint256 balanceB) private {
        channel = initialize(++nextGuid);
        approve(channel);
        delete agreed;
        agreed.push(Agreed(0, 0, balanceA, balanceB));
        stage = Stage.New;
        known = 0;
        held = 0;
        settlementEnd = 0;
        balanceOfAmbassador = token.balanceOf(ambassador);
        balanceOfExpert = token.balanceOf(expert);
    }

    function sums(Agreed storage it) private view returns (bool) {
        return it.balanceA + it.balanceB == held;
    }

    /// @dev A state and both signatures, one of which is now and then the other's.
    function show(uint256 index, uint256 seed)
        private
        view
        returns (bytes memory content, Signatures memory both, bool good)
    {
        content = encoded(index);
        both = signed(content);
        good = seed % 8 != 0;
        if (!good) (both.v[0], both.r[0], both.s[0]) = (both.v[1], both.r[1], both.s[1]);
    }

    function encoded(uint256 index) private view returns (bytes memory) {
        Agreed storage it = agreed[index];
        return state(it.closeFlag, it.sequence, it.balanceA, it.balanceB);
    }

    function latest() private view returns (Agreed memory) {
        return agreed[agreed.length - 1];
    }

    function pick(uint256 seed) private view returns (uint256) {
        return (seed >> 32) % agreed.length;
    }

    function party(uint256 seed) private view returns (address) {
        return seed % 2 == 0 ? ambassador : expert;
    }

    function attempt(address sender, bytes memory call) private returns (bool done) {
        vm.prank(sender);
        (done,) = address(channel).call(call);
    }
}
