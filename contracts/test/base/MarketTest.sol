// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "./Test.sol";
import {ArbiterStaking} from "src/ArbiterStaking.sol";
import {BountyRegistry} from "src/BountyRegistry.sol";
import {Keeper} from "src/Keeper.sol";
import {NectarToken} from "src/NectarToken.sol";
import {Commitment} from "src/libraries/Commitment.sol";
import {ArtifactMask} from "src/types/ArtifactMask.sol";

/// @title A deployed market with four staked arbiters, and a verb for each step of a bounty
abstract contract MarketTest is Test {
    uint256 internal constant NCT = 1 ether;
    uint256 internal constant MINIMUM_BID = 0.0625 ether;
    uint256 internal constant BOUNTY_FEE = 0.0625 ether;
    uint256 internal constant ASSERTION_FEE = 0.031_25 ether;
    uint256 internal constant MINIMUM_STAKE = 10_000_000 ether;
    uint256 internal constant STAKE_DURATION = 200;
    uint256 internal constant DURATION = 10;
    uint256 internal constant REVEAL_WINDOW = 10;
    uint256 internal constant VOTE_WINDOW = 100;
    uint256 internal constant NONCE = 0xabcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789;
    uint128 internal constant GUID = 0x1234567890abcdef1234567890abcdef;
    string internal constant URI = "QmYNmQKp6SuaVrpgWRsPTgCQCnpxUYGq76YEKBXuj2N4H6";

    NectarToken internal token;
    ArbiterStaking internal staking;
    BountyRegistry internal registry;
    Keeper internal keeper;
    address internal ambassador = account("ambassador");
    address[] internal arbiters;
    address[] internal engines;

    function setUp() public virtual {
        vm.roll(1000);
        token = new NectarToken();
        token.enableTransfers();
        staking = new ArbiterStaking(address(token), STAKE_DURATION);
        registry = new BountyRegistry(address(token), address(staking), VOTE_WINDOW, REVEAL_WINDOW);
        keeper = new Keeper(address(registry));
        staking.setBountyRegistry(address(registry));
        fund(ambassador);
        for (uint256 i = 0; i < 4; ++i) {
            arbiters.push(addArbiter(string.concat("arbiter ", vm.toString(i))));
            engines.push(account(string.concat("engine ", vm.toString(i))));
            fund(engines[i]);
        }
    }

    // ---- accounts

    function fund(address holder) internal {
        token.mint(holder, 1_000_000_000 ether);
        vm.startPrank(holder);
        token.approve(address(registry), type(uint256).max);
        token.approve(address(staking), type(uint256).max);
        vm.stopPrank();
    }

    function addArbiter(string memory name) internal returns (address arbiter) {
        arbiter = account(name);
        fund(arbiter);
        registry.addArbiter(arbiter, block.number);
        vm.prank(arbiter);
        staking.deposit(MINIMUM_STAKE);
    }

    // ---- steps

    function post(uint256 amount, uint256 numArtifacts) internal {
        post(GUID, amount, numArtifacts);
    }

    function post(uint128 guid, uint256 amount, uint256 numArtifacts) internal {
        uint256[8] memory bloom;
        vm.prank(ambassador);
        registry.postBounty(guid, 0, amount, URI, numArtifacts, DURATION, bloom, "");
    }

    function bid(address engine, uint256[] memory bids, uint256 mask, uint256 verdicts) internal {
        uint256 commitment = Commitment.bind(GUID, engine, verdicts, "", NONCE);
        vm.prank(engine);
        registry.postSealedAssertion(GUID, bids, mask, commitment);
    }

    /// @dev The same bid on each artifact of the mask.
    function bid(address engine, uint256 each, uint256 mask, uint256 verdicts) internal {
        bid(engine, repeated(each, ArtifactMask.wrap(mask).count()), mask, verdicts);
    }

    /// @dev As `bid`, with a commitment in the form of the original.
    function bidAsOriginal(address engine, uint256 each, uint256 mask, uint256 verdicts) internal {
        vm.prank(engine);
        registry.postAssertion(
            GUID, repeated(each, ArtifactMask.wrap(mask).count()), mask, Commitment.seal(verdicts, NONCE, engine)
        );
    }

    function reveal(address engine, uint256 index, uint256 verdicts) internal {
        vm.prank(engine);
        registry.revealAssertion(GUID, index, NONCE, verdicts, "");
    }

    function vote(address arbiter, uint256 votes) internal {
        vm.prank(arbiter);
        registry.voteOnBounty(GUID, votes, true);
    }

    function voteAll(uint256 votes) internal {
        for (uint256 i = 0; i < arbiters.length; ++i) {
            vote(arbiters[i], votes);
        }
    }

    /// @dev Settles, and says how much more the account has afterwards.
    function settle(address party) internal returns (uint256 paid) {
        uint256 before = token.balanceOf(party);
        vm.prank(party);
        registry.settleBounty(GUID);
        return token.balanceOf(party) - before;
    }

    // ---- time

    function toReveal() internal {
        vm.roll(registry.getBounty(GUID).expirationBlock);
    }

    function toVote() internal {
        vm.roll(registry.getBounty(GUID).expirationBlock + registry.getBounty(GUID).revealWindow);
    }

    function toEnd() internal {
        vm.roll(voteEnd());
    }

    function voteEnd() internal view returns (uint256) {
        return uint256(registry.getBounty(GUID).expirationBlock) + registry.getBounty(GUID).revealWindow
            + registry.getBounty(GUID).voteWindow;
    }

    // ---- values

    function repeated(uint256 value, uint256 times) internal pure returns (uint256[] memory values) {
        values = new uint256[](times);
        for (uint256 i = 0; i < times; ++i) {
            values[i] = value;
        }
    }

    function list(uint256 first, uint256 second) internal pure returns (uint256[] memory values) {
        values = new uint256[](2);
        (values[0], values[1]) = (first, second);
    }

    /// @dev A text of so many bytes.
    function text(uint256 length) internal pure returns (string memory) {
        return string(new bytes(length));
    }
}
