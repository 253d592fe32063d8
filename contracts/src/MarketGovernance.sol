// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IArbiterStaking} from "./interfaces/IArbiterStaking.sol";
import {IMarketGovernance} from "./interfaces/IMarketGovernance.sol";
import {OwnedPausers} from "./roles/OwnedPausers.sol";
import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";

/// @title Who sets the terms of the market
/// @notice Roles, arbiters, fees, windows and the end of the registry. None of them touches a bounty that is live, with
/// one exception: an arbiter that is removed has no vote any more.
abstract contract MarketGovernance is IMarketGovernance, OwnedPausers {
    using EnumerableSet for EnumerableSet.AddressSet;

    /// @dev What a bounty takes over when it is posted, in one slot.
    struct Terms {
        uint64 bountyFee;
        uint64 assertionFee;
        uint8 revealWindow;
        uint24 voteWindow;
        uint24 longestWindows; // the most that both windows were together
        uint8 arbiterCount;
        uint24 arbiterEpoch; // rises with every arbiter that is added
        uint32 bountyCount;
        bool deprecated;
    }

    /// @inheritdoc IMarketGovernance
    uint256 public constant DEFAULT_BOUNTY_FEE = 0.0625 ether;
    /// @inheritdoc IMarketGovernance
    uint256 public constant DEFAULT_ASSERTION_FEE = 0.031_25 ether;
    /// @inheritdoc IMarketGovernance
    uint256 public constant ARBITER_LOOKBACK_RANGE = 100;
    /// @inheritdoc IMarketGovernance
    uint256 public constant MAX_DURATION = 100;
    /// @inheritdoc IMarketGovernance
    uint256 public constant MAXIMUM_FEE = 10 ether;
    /// @inheritdoc IMarketGovernance
    uint256 public constant MAXIMUM_REVEAL_WINDOW = 100; // as long as engines can have had to assert
    /// @inheritdoc IMarketGovernance
    uint256 public constant MAXIMUM_VOTE_WINDOW = 100_800; // two weeks of 12 s blocks
    /// @inheritdoc IMarketGovernance
    uint256 public constant MAXIMUM_ARBITERS = 255; // what `VoteTally` can count

    IArbiterStaking internal immutable _staking;

    Terms internal _terms;
    /// @inheritdoc IMarketGovernance
    uint256 public deprecatedBlock;
    /// @inheritdoc IMarketGovernance
    bool public rollover;
    /// @inheritdoc IMarketGovernance
    address public treasury;
    /// @inheritdoc IMarketGovernance
    address public feeManager;
    /// @inheritdoc IMarketGovernance
    address public windowManager;
    /// @inheritdoc IMarketGovernance
    mapping(address account => bool) public isArbiterManager;
    /// @inheritdoc IMarketGovernance
    mapping(address account => bool) public isDeprecator;
    /// @dev The epoch that an arbiter joined in, from 1; zero for all others.
    mapping(address account => uint256) internal _arbiterSince;
    EnumerableSet.AddressSet private _arbiters;

    modifier onlyArbiterManager() {
        if (!isArbiterManager[msg.sender]) revert ArbiterManagerUnauthorized(msg.sender);
        _;
    }

    modifier onlyDeprecator() {
        if (!isDeprecator[msg.sender]) revert DeprecatorUnauthorized(msg.sender);
        _;
    }

    modifier onlyFeeManager() {
        if (msg.sender != feeManager) revert FeeManagerUnauthorized(msg.sender);
        _;
    }

    modifier onlyWindowManager() {
        if (msg.sender != windowManager) revert WindowManagerUnauthorized(msg.sender);
        _;
    }

    /// @dev The deployer has every role until it gives them away.
    constructor(IArbiterStaking staking_, uint256 voteWindow, uint256 revealWindow) {
        _staking = staking_;
        _setWindows(revealWindow, voteWindow);
        _setFees(DEFAULT_BOUNTY_FEE, DEFAULT_ASSERTION_FEE);
        _setFeeManager(msg.sender);
        _setWindowManager(msg.sender);
        _grant(isArbiterManager, msg.sender);
        emit ArbiterManagerAdded(msg.sender);
        _grant(isDeprecator, msg.sender);
        emit DeprecatorAdded(msg.sender);
    }

    /// @inheritdoc IMarketGovernance
    function addArbiter(address account, uint256 blockNumber) external onlyArbiterManager {
        uint256 count = _arbiters.length();
        if (count == MAXIMUM_ARBITERS) revert ArbiterLimitReached(MAXIMUM_ARBITERS);
        if (account == address(0) || !_arbiters.add(account)) revert ArbiterInvalid(account);
        _terms.arbiterCount = uint8(count + 1);
        _arbiterSince[account] = ++_terms.arbiterEpoch;
        emit AddedArbiter(account, blockNumber);
    }

    /// @inheritdoc IMarketGovernance
    function removeArbiter(address account, uint256 blockNumber) external onlyArbiterManager {
        if (!_arbiters.remove(account)) revert ArbiterUnknown(account);
        _terms.arbiterCount -= 1;
        delete _arbiterSince[account];
        emit RemovedArbiter(account, blockNumber);
    }

    /// @inheritdoc IMarketGovernance
    function addArbiterManager(address account) external onlyOwner {
        _grant(isArbiterManager, account);
        emit ArbiterManagerAdded(account);
    }

    /// @inheritdoc IMarketGovernance
    function removeArbiterManager(address account) external onlyOwner {
        _revoke(isArbiterManager, account);
        emit ArbiterManagerRemoved(account);
    }

    /// @inheritdoc IMarketGovernance
    function addDeprecator(address account) external onlyOwner {
        _grant(isDeprecator, account);
        emit DeprecatorAdded(account);
    }

    /// @inheritdoc IMarketGovernance
    function removeDeprecator(address account) external onlyOwner {
        _revoke(isDeprecator, account);
        emit DeprecatorRemoved(account);
    }

    /// @inheritdoc IMarketGovernance
    function deprecate(bool _rollover) external onlyDeprecator {
        if (_terms.deprecated) revert RegistryDeprecated(deprecatedBlock);
        _terms.deprecated = true;
        deprecatedBlock = block.number;
        rollover = _rollover;
        emit Deprecated(_rollover);
    }

    /// @inheritdoc IMarketGovernance
    function undeprecate() external onlyDeprecator {
        if (!_terms.deprecated) revert RegistryNotDeprecated();
        _terms.deprecated = false;
        delete deprecatedBlock;
        delete rollover;
        emit Undeprecated();
    }

    /// @inheritdoc IMarketGovernance
    function setAssertionFee(uint256 newAssertionFee) external onlyFeeManager {
        _setFees(_terms.bountyFee, newAssertionFee);
    }

    /// @inheritdoc IMarketGovernance
    function setBountyFee(uint256 newBountyFee) external onlyFeeManager {
        _setFees(newBountyFee, _terms.assertionFee);
    }

    /// @inheritdoc IMarketGovernance
    function setFeeManager(address newFeeManager) external onlyOwner {
        _setFeeManager(newFeeManager);
    }

    /// @inheritdoc IMarketGovernance
    function setWindowManager(address newWindowManager) external onlyOwner {
        _setWindowManager(newWindowManager);
    }

    /// @inheritdoc IMarketGovernance
    function setTreasury(address newTreasury) external onlyOwner {
        if (newTreasury == address(this)) revert TreasuryInvalid(newTreasury);
        emit TreasuryUpdated(treasury, newTreasury);
        treasury = newTreasury;
    }

    /// @inheritdoc IMarketGovernance
    function setWindows(uint256 newAssertionRevealWindow, uint256 newArbiterVoteWindow) external onlyWindowManager {
        _setWindows(newAssertionRevealWindow, newArbiterVoteWindow);
    }

    /// @inheritdoc IMarketGovernance
    function arbiterCount() external view returns (uint256) {
        return _terms.arbiterCount;
    }

    /// @inheritdoc IMarketGovernance
    function arbiterVoteWindow() external view returns (uint256) {
        return _terms.voteWindow;
    }

    /// @inheritdoc IMarketGovernance
    function assertionRevealWindow() external view returns (uint256) {
        return _terms.revealWindow;
    }

    /// @inheritdoc IMarketGovernance
    function assertionFee() external view returns (uint256) {
        return _terms.assertionFee;
    }

    /// @inheritdoc IMarketGovernance
    function bountyFee() external view returns (uint256) {
        return _terms.bountyFee;
    }

    /// @inheritdoc IMarketGovernance
    function finishedBlock() external view returns (uint256) {
        if (!_terms.deprecated) return type(uint256).max;
        return deprecatedBlock + MAX_DURATION + _terms.longestWindows;
    }

    /// @inheritdoc IMarketGovernance
    function getActiveArbiters() external view returns (address[] memory arbiters, bool[] memory active) {
        arbiters = _arbiters.values();
        active = new bool[](arbiters.length);
        for (uint256 i = 0; i < arbiters.length; ++i) {
            active[i] = _staking.votedWithin(arbiters[i], ARBITER_LOOKBACK_RANGE);
        }
    }

    /// @inheritdoc IMarketGovernance
    function getArbiterCandidates() external view returns (address[] memory candidates) {
        address[] memory arbiters = _arbiters.values();
        uint256 length;
        for (uint256 i = 0; i < arbiters.length; ++i) {
            if (_staking.isEligible(arbiters[i])) arbiters[length++] = arbiters[i];
        }
        candidates = new address[](length);
        for (uint256 i = 0; i < length; ++i) {
            candidates[i] = arbiters[i];
        }
    }

    /// @inheritdoc IMarketGovernance
    function isArbiter(address account) external view returns (bool) {
        return _arbiterSince[account] != 0;
    }

    /// @inheritdoc IMarketGovernance
    function staking() external view returns (address) {
        return address(_staking);
    }

    function _setFees(uint256 newBountyFee, uint256 newAssertionFee) private {
        if (newBountyFee > MAXIMUM_FEE) revert FeeTooHigh(newBountyFee, MAXIMUM_FEE);
        if (newAssertionFee > MAXIMUM_FEE) revert FeeTooHigh(newAssertionFee, MAXIMUM_FEE);
        _terms.bountyFee = uint64(newBountyFee);
        _terms.assertionFee = uint64(newAssertionFee);
        emit FeesUpdated(newBountyFee, newAssertionFee);
    }

    function _setWindows(uint256 revealWindow, uint256 voteWindow) private {
        if (revealWindow == 0 || revealWindow > MAXIMUM_REVEAL_WINDOW) {
            revert WindowOutOfRange(revealWindow, MAXIMUM_REVEAL_WINDOW);
        }
        if (voteWindow == 0 || voteWindow > MAXIMUM_VOTE_WINDOW) {
            revert WindowOutOfRange(voteWindow, MAXIMUM_VOTE_WINDOW);
        }
        _terms.revealWindow = uint8(revealWindow);
        _terms.voteWindow = uint24(voteWindow);
        if (revealWindow + voteWindow > _terms.longestWindows) {
            _terms.longestWindows = uint24(revealWindow + voteWindow);
        }
        emit WindowsUpdated(revealWindow, voteWindow);
    }

    function _setFeeManager(address account) private {
        emit NewFeeManager(feeManager, account);
        feeManager = account;
    }

    function _setWindowManager(address account) private {
        emit NewWindowManager(windowManager, account);
        windowManager = account;
    }

    function _grant(mapping(address => bool) storage role, address account) private {
        if (role[account]) revert RoleAlreadyGranted(account);
        role[account] = true;
    }

    function _revoke(mapping(address => bool) storage role, address account) private {
        if (!role[account]) revert RoleNotGranted(account);
        delete role[account];
    }
}
