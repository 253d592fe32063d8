// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BatchedTest} from "../base/BatchedTest.sol";
import {TellingToken} from "./ReentrantToken.t.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ArbiterStaking} from "src/ArbiterStaking.sol";
import {BountyRegistry} from "src/BountyRegistry.sol";
import {IBountyRegistry} from "src/interfaces/IBountyRegistry.sol";

/// @dev An engine that has itself settled in a batch, twice, and again by a batch while it is being paid.
contract Batcher {
    BountyRegistry private immutable _market;
    bytes4 public refusal;
    bytes4 public refusalOfOne;

    constructor(BountyRegistry market) {
        _market = market;
    }

    function assertOn(TellingToken token, uint128 guid) external {
        uint256[] memory bids = new uint256[](1);
        bids[0] = 1 ether;
        token.approve(address(_market), type(uint256).max);
        _market.postAssertion(guid, bids, 1, 1);
    }

    function settle(uint128 guid) external returns (bool[] memory done) {
        return _market.batch(twice(guid));
    }

    function tokensReceived() external {
        try _market.batch(twice(1)) {}
        catch (bytes memory reason) {
            refusal = bytes4(reason);
        }
        try _market.settleBounty(1) {}
        catch (bytes memory reason) {
            refusalOfOne = bytes4(reason);
        }
    }

    function twice(uint128 guid) private view returns (bytes[] memory calls) {
        calls = new bytes[](2);
        calls[0] = abi.encodeCall(_market.settleBounty, (guid));
        calls[1] = calls[0];
    }
}

/// @title Batches that mean ill
/// @notice What an account can do in a batch is what it could do in single transactions.
contract BatchesTest is BatchedTest {
    address private _stranger = account("stranger");

    function test_noRightsAreGained() public {
        bytes[] memory calls = new bytes[](18);
        calls[0] = abi.encodeCall(registry.transferOwnership, (_stranger));
        calls[1] = abi.encodeCall(registry.acceptOwnership, ());
        calls[2] = abi.encodeCall(registry.renounceOwnership, ());
        calls[3] = abi.encodeCall(registry.addPauser, (_stranger));
        calls[4] = abi.encodeCall(registry.pause, ());
        calls[5] = abi.encodeCall(registry.unpause, ());
        calls[6] = abi.encodeCall(registry.addArbiter, (_stranger, 0));
        calls[7] = abi.encodeCall(registry.removeArbiter, (arbiters[0], 0));
        calls[8] = abi.encodeCall(registry.addArbiterManager, (_stranger));
        calls[9] = abi.encodeCall(registry.addDeprecator, (_stranger));
        calls[10] = abi.encodeCall(registry.deprecate, (true));
        calls[11] = abi.encodeCall(registry.setBountyFee, (0));
        calls[12] = abi.encodeCall(registry.setAssertionFee, (0));
        calls[13] = abi.encodeCall(registry.setFeeManager, (_stranger));
        calls[14] = abi.encodeCall(registry.setWindowManager, (_stranger));
        calls[15] = abi.encodeCall(registry.setTreasury, (_stranger));
        calls[16] = abi.encodeCall(registry.setWindows, (1, 1));
        calls[17] = abi.encodeCall(registry.batch, (calls2(calls[0], calls[4])));
        bool[] memory done = batchAsAlone(_stranger, calls);
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.assertFalse(done[i], vm.toString(i));
        }
        vm.assertEq(registry.owner(), address(this));
        vm.assertEq(registry.pendingOwner(), address(0));
    }

    /// @dev Whoever has a right has it in a batch: the test deployed the market.
    function test_rightsAreKept() public {
        bool[] memory done = batchAsAlone(
            address(this),
            calls2(
                abi.encodeCall(registry.setBountyFee, (NCT)), abi.encodeCall(registry.transferOwnership, (_stranger))
            )
        );
        vm.assertTrue(done[0] && done[1]);
        vm.assertEq(registry.pendingOwner(), _stranger);
        vm.assertEq(registry.owner(), address(this));
    }

    /// @dev A stranger takes a guid, so that one call of another's batch reverts.
    function test_whoSpoilsOneCallSpoilsNoOther() public {
        address engine = engines[0];
        vm.prank(engine);
        (bool done,) = address(registry).call(posting(GUID, 1));
        vm.assertTrue(done);
        bool[] memory all = batchAsAlone(ambassador, calls2(posting(GUID, 1), posting(GUID + 1, 1)));
        vm.assertTrue(!all[0] && all[1]);
        vm.assertEq(registry.getBounty(GUID).author, engine);
        vm.assertEq(registry.getBounty(GUID + 1).author, ambassador);
    }

    /// @dev All have approved all that they have; it is the sender who pays.
    function test_nobodyElsePays() public {
        post(GUID, 2 * NCT, 1);
        bool[] memory done = batchAsAlone(_stranger, calls2(posting(GUID + 1, 1), asserting(_stranger, GUID, 1)));
        vm.assertFalse(done[0] || done[1]);
    }

    /// @dev A call is to the registry alone, and of the sender: the registry's own rights elsewhere are not lent.
    function test_theRegistrysRightsAreNotLent() public {
        uint256 locked = staking.withdrawableBalanceOf(arbiters[0]);
        bool[] memory done = batchAsAlone(
            _stranger,
            calls2(
                abi.encodeCall(staking.recordBounty, (arbiters[0], GUID, type(uint40).max)),
                abi.encodeCall(token.transfer, (_stranger, 1))
            )
        );
        vm.assertFalse(done[0] || done[1]);
        vm.assertEq(staking.withdrawableBalanceOf(arbiters[0]), locked);
    }

    function test_coinsAreNotTaken() public {
        bytes memory call = abi.encodeCall(registry.batch, (calls2(posting(GUID, 1), "")));
        (bool done,) = address(registry).call{value: 1}(call);
        vm.assertFalse(done);
    }

    function test_whatIsPausedAloneIsPausedInABatch() public {
        address one = arbiters[0];
        post(GUID, 2 * NCT, 1);
        bid(one, NCT, 1, 1);
        toReveal();
        registry.pause();
        bytes[] memory calls = new bytes[](3);
        calls[0] = posting(GUID + 1, 1);
        calls[1] = revealing(GUID, 0, 1);
        calls[2] = asserting(one, GUID, 1);
        bool[] memory done = batchAsAlone(one, calls);
        vm.assertTrue(!done[0] && done[1] && !done[2]);
        toVote();
        assertAllDone(batchAsAlone(one, calls2(voting(GUID, 1), abi.encodeCall(registry.VERSION, ()))));
        toEnd();
        vm.assertTrue(batchAsAlone(one, calls2(settling(GUID), posting(GUID + 1, 1)))[0]);
    }

    function test_rubbishCostsItself() public {
        bytes[] memory calls = new bytes[](400);
        for (uint256 i = 0; i < calls.length; ++i) {
            calls[i] = abi.encodePacked(keccak256(abi.encode(i)));
        }
        calls[3] = "";
        calls[4] = hex"00";
        calls[5] = abi.encodePacked(registry.postBounty.selector);
        calls[6] = abi.encodePacked(registry.batch.selector, type(uint256).max); // begins nowhere
        calls[7] = abi.encodePacked(registry.batch.selector, uint256(32), type(uint256).max); // is as long as nothing
        calls[399] = posting(GUID, 1);
        bool[] memory done = batchAsAlone(ambassador, calls);
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.assertEq(done[i], i == 399, vm.toString(i));
        }
    }

    /// @dev Two calls that are the same bytes of calldata, and one that begins behind its end.
    function test_aBatchThatIsBadlyMadeIsRefused() public {
        bytes memory question = abi.encodePacked(registry.VERSION.selector);
        bytes memory once = abi.encodePacked(uint256(4), question, new bytes(28));
        bytes memory start = abi.encodePacked(registry.batch.selector, uint256(32), uint256(2));
        (bool done, bytes memory result) =
            address(registry).call(abi.encodePacked(start, uint256(64), uint256(64), once));
        bool[] memory both = abi.decode(result, (bool[]));
        vm.assertTrue(done && both[0] && both[1]);
        (done,) = address(registry).call(abi.encodePacked(start, uint256(64), uint256(4096), once));
        vm.assertFalse(done);
    }

    /// @dev NCT calls nobody. In a token that does, who is paid enters neither by a batch nor alone.
    function test_whoReentersIsPaidOnce() public {
        TellingToken telling = new TellingToken();
        ArbiterStaking stakes = new ArbiterStaking(address(telling), 1);
        BountyRegistry market = new BountyRegistry(address(telling), address(stakes), 10, 10);
        market.addArbiter(arbiters[0], 0);
        telling.mint(ambassador, 10 ether);
        uint256[8] memory bloom;
        vm.startPrank(ambassador);
        telling.approve(address(market), type(uint256).max);
        market.postBounty(1, 0, 2 ether, "uri", 1, 10, bloom, "");
        vm.stopPrank();
        Batcher batcher = new Batcher(market);
        telling.mint(address(batcher), 2 ether);
        batcher.assertOn(telling, 1);
        vm.roll(block.number + 30);
        bool[] memory done = batcher.settle(1);
        vm.assertTrue(done[0] && !done[1]);
        vm.assertEq(telling.balanceOf(address(batcher)), 2 ether);
        vm.assertTrue(batcher.refusal() == IBountyRegistry.BatchNothingDone.selector);
        vm.assertTrue(batcher.refusalOfOne() == ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
    }

    /// @dev Whatever the gas: what is said to be done is done, what is not has left nothing, and what is due to others
    /// stays due. A batch that ends for want of gas has done nothing.
    function test_fuzz_tooLittleGasCostsOnlyWhatItLeavesOut(uint256 gas) public {
        gas = bound(gas, 10_000, 900_000);
        post(GUID, 2 * NCT, 1);
        bid(engines[0], NCT, 1, 1);
        toReveal();
        bytes[] memory calls = new bytes[](4);
        calls[0] = posting(GUID + 1, 1);
        calls[1] = asserting(ambassador, GUID + 1, 1);
        calls[2] = abi.encodeCall(registry.revealFor, (GUID, engines[0], NONCE, 1, ""));
        calls[3] = posting(GUID + 2, 1);
        uint256 before = token.balanceOf(ambassador);
        vm.prank(ambassador);
        (bool any, bytes memory result) = address(registry).call{gas: gas}(abi.encodeCall(registry.batch, (calls)));
        bool[] memory done = any ? abi.decode(result, (bool[])) : new bool[](4);
        uint256 paid;
        if (done[0]) paid += 2 * NCT + BOUNTY_FEE;
        if (done[1]) paid += NCT + ASSERTION_FEE;
        if (done[3]) paid += 2 * NCT + BOUNTY_FEE;
        vm.assertEq(before - token.balanceOf(ambassador), paid);
        vm.assertEq(registry.getNumberOfBounties(), 1 + (done[0] ? 1 : 0) + (done[3] ? 1 : 0));
        (, uint256 malicious,) = registry.getBidSums(GUID, 0);
        vm.assertEq(malicious, done[2] ? NCT : 0);
        if (!done[2]) reveal(engines[0], 0, 1);
    }

    /// @dev The last call finds too little gas, and what came before it stays.
    function test_aCallWithoutGasIsLeftOut() public {
        uint128 large = GUID + 9;
        post(large, 512 * NCT, 256);
        bytes[] memory calls = new bytes[](4);
        for (uint128 i = 0; i < 3; ++i) {
            calls[i] = posting(GUID + i, 1);
        }
        uint256 start = vm.snapshotState();
        uint256 gas = gasleft();
        together(ambassador, calls);
        gas -= gasleft();
        vm.revertToState(start);
        calls[3] = abi.encodeCall(registry.postSealedAssertion, (large, repeated(NCT, 256), type(uint256).max, 1)); // 1,500,000
        uint256 before = token.balanceOf(ambassador);
        vm.prank(ambassador);
        bool[] memory done = registry.batch{gas: gas + 1_000_000}(calls);
        vm.assertTrue(done[0] && done[1] && done[2] && !done[3]);
        vm.assertEq(registry.getNumberOfBounties(), 4);
        vm.assertEq(before - token.balanceOf(ambassador), 3 * (2 * NCT + BOUNTY_FEE));
        vm.prank(ambassador);
        vm.assertTrue(registry.batch(calls)[3]); // with enough of it
    }
}
