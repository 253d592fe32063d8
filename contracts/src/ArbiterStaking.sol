// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IApprovalReceiver} from "./interfaces/IApprovalReceiver.sol";
import {IArbiterStaking} from "./interfaces/IArbiterStaking.sol";
import {IBountyRegistry} from "./interfaces/IBountyRegistry.sol";
import {OwnedPausers} from "./roles/OwnedPausers.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title Where arbiters lock what allows them to vote
/// @notice Holds exactly the sum of all arbiters' balances. See `IArbiterStaking`.
contract ArbiterStaking is IArbiterStaking, OwnedPausers {
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @dev What is known of an arbiter, in one slot: a vote writes nothing else in this contract.
    struct Account {
        uint96 balance;
        uint32 votes;
        uint32 lastBounty; // the number of the last recorded bounty it voted on, from 1
        uint40 lockedUntil; // the first block at which the minimum stake may leave
        uint32 firstOpen; // the oldest deposit of which something is left
    }

    struct Deposit {
        uint40 blockNumber;
        uint96 value;
    }

    /// @inheritdoc IArbiterStaking
    string public constant VERSION = "1.2.2";
    /// @inheritdoc IArbiterStaking
    uint256 public constant MINIMUM_STAKE = 10_000_000 ether;
    /// @inheritdoc IArbiterStaking
    uint256 public constant MAXIMUM_STAKE = 100_000_000 ether;
    /// @inheritdoc IArbiterStaking
    uint256 public constant MAXIMUM_DEPOSITS = 64;
    /// @inheritdoc IArbiterStaking
    uint256 public constant MAXIMUM_STAKE_DURATION = 2_628_000; // one year of 12 s blocks
    /// @inheritdoc IArbiterStaking
    uint8 public constant VOTE_RATIO_NUMERATOR = 9;
    /// @inheritdoc IArbiterStaking
    uint8 public constant VOTE_RATIO_DENOMINATOR = 10;
    /// @dev So many bounties must be recorded before the ratio says anything.
    uint256 private constant RATIO_SAMPLE = 10;

    /// @inheritdoc IArbiterStaking
    uint256 public immutable stakeDuration;
    IERC20 private immutable _nectar;

    /// @inheritdoc IArbiterStaking
    address public bountyRegistry;
    /// @inheritdoc IArbiterStaking
    uint256 public numBounties;

    mapping(address arbiter => Account) private _accounts;
    mapping(address arbiter => Deposit[]) private _deposits;

    constructor(address _token, uint256 _stakeDuration) {
        if (_stakeDuration > MAXIMUM_STAKE_DURATION) {
            revert ArbiterStakingDurationTooLong(_stakeDuration, MAXIMUM_STAKE_DURATION);
        }
        _nectar = IERC20(_token);
        stakeDuration = _stakeDuration;
    }

    /// @inheritdoc IArbiterStaking
    function deposit(uint256 value) external {
        _deposit(msg.sender, value);
    }

    /// @inheritdoc IApprovalReceiver
    function receiveApproval(address _from, uint256 _value, address _tokenContract, bytes calldata)
        external
        returns (bool)
    {
        if (msg.sender != address(_nectar) || _tokenContract != address(_nectar)) {
            revert ArbiterStakingForeignToken(msg.sender, _tokenContract);
        }
        _deposit(_from, _value);
        return true;
    }

    /// @inheritdoc IArbiterStaking
    function withdraw(uint256 value) external {
        if (value == 0) revert ArbiterStakingZeroValue();
        uint256 withdrawable = withdrawableBalanceOf(msg.sender);
        if (value > withdrawable) revert ArbiterStakingInsufficientWithdrawable(msg.sender, withdrawable, value);
        _takeOldest(msg.sender, value);
        emit NewWithdrawal(msg.sender, value);
        _nectar.safeTransfer(msg.sender, value);
    }

    /// @inheritdoc IArbiterStaking
    function recordBounty(address arbiter, uint128 bountyGuid, uint256 blockNumber) external {
        if (msg.sender != bountyRegistry) revert ArbiterStakingUnauthorizedRegistry(msg.sender);
        uint256 recorded = numBounties;
        // The registry has counted the vote already, and knows without another slot whether it is the first.
        if (IBountyRegistry(msg.sender).getNumberOfVotes(bountyGuid) == 1) {
            numBounties = ++recorded;
            emit BountyRecorded(bountyGuid, blockNumber);
        }
        Account storage account = _accounts[arbiter];
        account.votes += 1;
        account.lastBounty = recorded.toUint32();
        account.lockedUntil = Math.max(account.lockedUntil, blockNumber).toUint40();
        emit BountyVoteRecorded(arbiter);
    }

    /// @inheritdoc IArbiterStaking
    function setBountyRegistry(address _bountyRegistry) external onlyOwner {
        if (bountyRegistry != address(0)) revert ArbiterStakingRegistryAlreadySet(bountyRegistry);
        if (IBountyRegistry(_bountyRegistry).staking() != address(this)) {
            revert ArbiterStakingForeignRegistry(_bountyRegistry);
        }
        bountyRegistry = _bountyRegistry;
        emit BountyRegistrySet(_bountyRegistry);
    }

    /// @inheritdoc IArbiterStaking
    function arbiterResponseRate(address arbiter) external view returns (uint256 num, uint256 den) {
        return (_accounts[arbiter].votes, numBounties);
    }

    /// @inheritdoc IArbiterStaking
    function balanceOf(address addr) external view returns (uint256) {
        return _accounts[addr].balance;
    }

    /// @inheritdoc IArbiterStaking
    function bounties(uint128 guid) external view returns (bool) {
        return bountyRegistry != address(0) && IBountyRegistry(bountyRegistry).getNumberOfVotes(guid) != 0;
    }

    /// @inheritdoc IArbiterStaking
    function bountyResponses(address arbiter) external view returns (uint256) {
        return _accounts[arbiter].votes;
    }

    /// @inheritdoc IArbiterStaking
    function deposits(address arbiter, uint256 index) external view returns (uint256 blockNumber, uint256 value) {
        Deposit storage made = _deposits[arbiter][index];
        return (made.blockNumber, made.value);
    }

    /// @inheritdoc IArbiterStaking
    function isEligible(address addr) external view returns (bool) {
        Account storage account = _accounts[addr];
        if (account.balance < MINIMUM_STAKE) return false;
        return numBounties < RATIO_SAMPLE
            || uint256(account.votes) * VOTE_RATIO_DENOMINATOR >= numBounties * VOTE_RATIO_NUMERATOR;
    }

    /// @inheritdoc IArbiterStaking
    function lockedUntil(address arbiter) external view returns (uint256) {
        return _accounts[arbiter].lockedUntil;
    }

    /// @inheritdoc IArbiterStaking
    function votedWithin(address arbiter, uint256 lookback) external view returns (bool) {
        uint256 last = _accounts[arbiter].lastBounty;
        return last != 0 && numBounties - last < lookback;
    }

    /// @inheritdoc IArbiterStaking
    function isDeprecateFinished() public view returns (bool) {
        return bountyRegistry != address(0) && block.number >= IBountyRegistry(bountyRegistry).finishedBlock();
    }

    /// @inheritdoc IArbiterStaking
    function withdrawableBalanceOf(address addr) public view returns (uint256) {
        Account storage account = _accounts[addr];
        uint256 unlocked = isDeprecateFinished() ? account.balance : _maturedBalanceOf(addr, account.firstOpen);
        if (block.number >= account.lockedUntil) return unlocked;
        return Math.min(unlocked, Math.saturatingSub(account.balance, MINIMUM_STAKE));
    }

    function _deposit(address from, uint256 value) private whenNotPaused {
        if (value == 0) revert ArbiterStakingZeroValue();
        if (bountyRegistry == address(0) || !IBountyRegistry(bountyRegistry).isArbiter(from)) {
            revert ArbiterStakingNotArbiter(from);
        }
        Account storage account = _accounts[from];
        uint256 stake = account.balance + value;
        if (stake < MINIMUM_STAKE || stake > MAXIMUM_STAKE) {
            revert ArbiterStakingStakeOutOfRange(from, stake, MINIMUM_STAKE, MAXIMUM_STAKE);
        }
        Deposit[] storage made = _deposits[from];
        if (made.length - account.firstOpen >= MAXIMUM_DEPOSITS) {
            revert ArbiterStakingTooManyDeposits(from, MAXIMUM_DEPOSITS);
        }
        account.balance = stake.toUint96();
        made.push(Deposit(block.number.toUint40(), value.toUint96()));
        emit NewDeposit(from, value);
        _nectar.safeTransferFrom(from, address(this), value);
    }

    /// @dev Takes `value`, which the caller has checked to be withdrawable, from the oldest deposits on.
    function _takeOldest(address arbiter, uint256 value) private {
        Account storage account = _accounts[arbiter];
        Deposit[] storage made = _deposits[arbiter];
        account.balance -= value.toUint96();
        uint256 oldest = account.firstOpen;
        while (value > 0) {
            uint256 available = made[oldest].value;
            if (available > value) {
                made[oldest].value = (available - value).toUint96();
                value = 0;
            } else {
                delete made[oldest++];
                value -= available;
            }
        }
        account.firstOpen = oldest.toUint32();
    }

    /// @dev Deposits are in the order of their blocks, so that the first that is still locked ends the sum.
    function _maturedBalanceOf(address arbiter, uint256 oldest) private view returns (uint256 matured) {
        Deposit[] storage made = _deposits[arbiter];
        for (uint256 i = oldest; i < made.length && made[i].blockNumber + stakeDuration <= block.number; ++i) {
            matured += made[i].value;
        }
    }
}
