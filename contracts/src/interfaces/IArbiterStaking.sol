// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IApprovalReceiver} from "./IApprovalReceiver.sol";
import {IOwnedPausers} from "./IOwnedPausers.sol";

/// @title Where arbiters lock what allows them to vote
/// @notice A deposit is locked for `stakeDuration` blocks and leaves in the order in which it came. An arbiter that
/// voted keeps the minimum stake locked until the vote on that bounty is over. Nobody but the arbiter can take a stake
/// out, and no role can keep it in: a pause stops deposits only, and the registry is set once.
interface IArbiterStaking is IApprovalReceiver, IOwnedPausers {
    /// @notice Emitted when a bounty gets its first vote
    /// @param guid The bounty
    /// @param blockNumber The first block after the vote on it
    event BountyRecorded(uint128 indexed guid, uint256 blockNumber);

    /// @notice Emitted when an arbiter's vote is recorded
    /// @param arbiter The arbiter
    event BountyVoteRecorded(address arbiter);

    /// @notice Emitted when stake comes in
    /// @param from The arbiter
    /// @param value How much, in base units of NCT
    event NewDeposit(address indexed from, uint256 value);

    /// @notice Emitted when stake goes out
    /// @param to The arbiter
    /// @param value How much, in base units of NCT
    event NewWithdrawal(address indexed to, uint256 value);

    /// @notice Emitted once, when the registry is set
    /// @param bountyRegistry The registry
    event BountyRegistrySet(address indexed bountyRegistry);

    /// @notice Thrown when the lock asked for at construction is longer than anybody should agree to
    /// @param stakeDuration The lock, in blocks
    /// @param maximum The longest possible
    error ArbiterStakingDurationTooLong(uint256 stakeDuration, uint256 maximum);

    /// @notice Thrown when the registry is set a second time
    /// @param bountyRegistry The registry that is set
    error ArbiterStakingRegistryAlreadySet(address bountyRegistry);

    /// @notice Thrown when the registry to be set does not use this contract for its stakes
    /// @param bountyRegistry The registry
    error ArbiterStakingForeignRegistry(address bountyRegistry);

    /// @notice Thrown when a function for the registry is called by another account
    /// @param account The caller
    error ArbiterStakingUnauthorizedRegistry(address account);

    /// @notice Thrown when `receiveApproval` is called by, or for, anything but the token
    /// @param caller The caller
    /// @param tokenContract The token that was named
    error ArbiterStakingForeignToken(address caller, address tokenContract);

    /// @notice Thrown when somebody deposits who is no arbiter
    /// @param account Who deposits
    error ArbiterStakingNotArbiter(address account);

    /// @notice Thrown when a deposit would leave a stake outside of its limits
    /// @param account The arbiter
    /// @param stake What the stake would be, in base units of NCT
    /// @param minimum The least it may be
    /// @param maximum The most it may be
    error ArbiterStakingStakeOutOfRange(address account, uint256 stake, uint256 minimum, uint256 maximum);

    /// @notice Thrown when an arbiter has as many deposits as may be open at a time
    /// @param account The arbiter
    /// @param maximum How many that is
    error ArbiterStakingTooManyDeposits(address account, uint256 maximum);

    /// @notice Thrown when nothing is to be deposited or withdrawn
    error ArbiterStakingZeroValue();

    /// @notice Thrown when an arbiter would take out more than it may at this block
    /// @param account The arbiter
    /// @param withdrawable What it may take out, in base units of NCT
    /// @param value What it asked for
    error ArbiterStakingInsufficientWithdrawable(address account, uint256 withdrawable, uint256 value);

    /// @notice Locks stake of the caller, who has approved it before
    /// @param value How much, in base units of NCT
    function deposit(uint256 value) external;

    /// @notice Takes stake out whose lock is over, oldest first; never paused
    /// @param value How much, in base units of NCT
    function withdraw(uint256 value) external;

    /// @notice Says which registry's arbiters stake here; once
    /// @param _bountyRegistry The registry, which must have been deployed with this contract
    function setBountyRegistry(address _bountyRegistry) external;

    /// @notice Takes down that an arbiter voted; for the registry, after it has counted the vote
    /// @param arbiter Who voted
    /// @param bountyGuid On which bounty
    /// @param blockNumber The first block after the vote on it: until then the minimum stake stays
    function recordBounty(address arbiter, uint128 bountyGuid, uint256 blockNumber) external;

    /// @notice The most that one arbiter may stake, in base units of NCT
    /// @return 100,000,000 NCT
    function MAXIMUM_STAKE() external view returns (uint256);

    /// @notice The least that an arbiter must stake to vote, in base units of NCT
    /// @return 10,000,000 NCT
    function MINIMUM_STAKE() external view returns (uint256);

    /// @notice How many deposits of one arbiter may be open at a time, which bounds the work of any call
    /// @return The number
    function MAXIMUM_DEPOSITS() external view returns (uint256);

    /// @notice The longest `stakeDuration` that can be chosen at construction
    /// @return The number of blocks
    function MAXIMUM_STAKE_DURATION() external view returns (uint256);

    /// @notice The version of the interface
    /// @return 1.2.x
    function VERSION() external view returns (string memory);

    /// @notice Numerator of the share of bounties that an eligible arbiter has voted on
    /// @return 9
    function VOTE_RATIO_NUMERATOR() external view returns (uint8);

    /// @notice Denominator of the share of bounties that an eligible arbiter has voted on
    /// @return 10
    function VOTE_RATIO_DENOMINATOR() external view returns (uint8);

    /// @notice On how many of all recorded bounties an arbiter voted
    /// @param arbiter The arbiter
    /// @return num The number of its votes
    /// @return den The number of bounties that anybody voted on
    function arbiterResponseRate(address arbiter) external view returns (uint256 num, uint256 den);

    /// @notice What an arbiter has staked
    /// @param addr The arbiter
    /// @return Its stake, locked or not, in base units of NCT
    function balanceOf(address addr) external view returns (uint256);

    /// @notice Whether a bounty got a vote; reverts with `BountyUnknown` if there is none under the guid
    /// @param guid The bounty
    /// @return Whether it is recorded
    function bounties(uint128 guid) external view returns (bool);

    /// @notice How often an arbiter voted
    /// @param arbiter The arbiter
    /// @return The number of its votes
    function bountyResponses(address arbiter) external view returns (uint256);

    /// @notice The registry whose arbiters stake here
    /// @return The registry; zero until it is set
    function bountyRegistry() external view returns (address);

    /// @notice One deposit of an arbiter
    /// @param arbiter The arbiter
    /// @param index Which one, counted from its first
    /// @return blockNumber When it was made
    /// @return value What is left of it, in base units of NCT
    function deposits(address arbiter, uint256 index) external view returns (uint256 blockNumber, uint256 value);

    /// @notice Whether the registry is deprecated and its last bounty over, so that every deposit is free
    /// @return Whether that is so
    function isDeprecateFinished() external view returns (bool);

    /// @notice Whether an arbiter has the minimum stake and answers as often as asked: 9 in 10 bounties once there are
    /// 10
    /// @param addr The arbiter
    /// @return Whether it is eligible
    function isEligible(address addr) external view returns (bool);

    /// @notice Until when the minimum stake of an arbiter stays because it voted
    /// @param arbiter The arbiter
    /// @return The first block at which it may leave
    function lockedUntil(address arbiter) external view returns (uint256);

    /// @notice The number of bounties that anybody voted on
    /// @return The number
    function numBounties() external view returns (uint256);

    /// @notice For how many blocks a deposit is locked
    /// @return The number of blocks
    function stakeDuration() external view returns (uint256);

    /// @notice Whether an arbiter voted on one of the last `lookback` recorded bounties
    /// @param arbiter The arbiter
    /// @param lookback How many bounties to look back
    /// @return Whether it did
    function votedWithin(address arbiter, uint256 lookback) external view returns (bool);

    /// @notice What an arbiter may take out at this block
    /// @param addr The arbiter
    /// @return How much, in base units of NCT
    function withdrawableBalanceOf(address addr) external view returns (uint256);
}
