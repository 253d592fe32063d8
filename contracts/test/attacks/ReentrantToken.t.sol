// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "../base/Test.sol";
import {OldPayer} from "./OldRules.sol";
import {ERC20, ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ArbiterStaking} from "src/ArbiterStaking.sol";
import {BountyRegistry} from "src/BountyRegistry.sol";

/// @dev A token that tells the receiver, as ERC-777 does.
contract TellingToken is ERC20Burnable {
    constructor() ERC20("Telling", "TELL") {}

    function mint(address to, uint256 value) external {
        _mint(to, value);
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        (bool understood,) = to.call(abi.encodeCall(Engine.tokensReceived, ()));
        understood; // not every receiver listens
    }
}

/// @dev Calls back as soon as it is paid.
contract Engine {
    uint128 internal constant GUID = 1;

    address public market;
    uint256 public reentered;
    bytes4 public refusal;

    constructor(address market_) {
        market = market_;
    }

    function postAssertion(uint256 bid) external {
        uint256[] memory bids = new uint256[](1);
        bids[0] = bid;
        TellingToken(msg.sender).approve(market, type(uint256).max);
        BountyRegistry(market).postAssertion(GUID, bids, 1, 1);
    }

    function settle() external {
        BountyRegistry(market).settleBounty(GUID);
    }

    function tokensReceived() external {
        try BountyRegistry(market).settleBounty(GUID) {
            ++reentered;
        } catch (bytes memory reason) {
            refusal = bytes4(reason);
        }
    }
}

/// @title A token whose receiver settles again while it is being paid
contract ReentrantTokenTest is Test {
    TellingToken internal token;

    function setUp() public {
        token = new TellingToken();
    }

    function test_oldRule_whatIsPaidBeforeItIsDeletedIsPaidAgain() public {
        OldPayer old = new OldPayer(token);
        Engine engine = new Engine(address(old));
        old.owe(address(engine), 1 ether);
        token.mint(address(old), 10 ether);
        engine.settle();
        vm.assertEq(token.balanceOf(address(engine)), 10 ether); // all that there was
    }

    function test_settle_paysOnceWhateverTheTokenDoes() public {
        ArbiterStaking staking = new ArbiterStaking(address(token), 1);
        BountyRegistry registry = new BountyRegistry(address(token), address(staking), 10, 10);
        registry.addArbiter(account("arbiter"), 0); // never votes
        address ambassador = account("ambassador");
        token.mint(ambassador, 100 ether);
        uint256[8] memory bloom;
        Engine engine = new Engine(address(registry));
        token.mint(address(engine), 10 ether);

        vm.startPrank(ambassador);
        token.approve(address(registry), type(uint256).max);
        registry.postBounty(1, 0, 2 ether, "uri", 1, 10, bloom, "");
        registry.postBounty(2, 0, 50 ether, "uri", 1, 10, bloom, "");
        vm.stopPrank();
        vm.prank(address(token));
        engine.postAssertion(1 ether);
        vm.roll(block.number + 30);
        engine.settle();
        // Its own bid and fee, once; the rest of its money was never in the market.
        vm.assertEq(token.balanceOf(address(engine)), 10 ether);
        vm.assertEq(engine.reentered(), 0);
        vm.assertTrue(engine.refusal() == ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        vm.assertEq(token.balanceOf(address(registry)), 52 ether + 2 * 0.0625 ether);
    }
}
