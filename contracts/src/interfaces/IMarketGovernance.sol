// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOwnedPausers} from "./IOwnedPausers.sol";

/// @title Who sets the terms of the market
/// @notice What is set here holds for bounties that are posted afterwards and changes nothing in one that is live.
interface IMarketGovernance is IOwnedPausers {
    /// @notice Emitted when an account is allowed to vote on bounties posted from now on
    /// @param account The arbiter
    /// @param blockNumber As given by the arbiter manager; it has no effect here
    event AddedArbiter(address indexed account, uint256 blockNumber);

    /// @notice Emitted when an account may no longer vote
    /// @param account The former arbiter
    /// @param blockNumber As given by the arbiter manager; it has no effect here
    event RemovedArbiter(address indexed account, uint256 blockNumber);

    /// @notice Emitted when an account may choose arbiters
    /// @param account The new arbiter manager
    event ArbiterManagerAdded(address indexed account);

    /// @notice Emitted when an account may no longer choose arbiters
    /// @param account The former arbiter manager
    event ArbiterManagerRemoved(address indexed account);

    /// @notice Emitted when no more bounties are taken
    /// @param rollover Whether another registry takes over
    event Deprecated(bool rollover);

    /// @notice Emitted when bounties are taken again
    event Undeprecated();

    /// @notice Emitted when an account may deprecate the registry
    /// @param account The new deprecator
    event DeprecatorAdded(address indexed account);

    /// @notice Emitted when an account may no longer deprecate the registry
    /// @param account The former deprecator
    event DeprecatorRemoved(address indexed account);

    /// @notice Emitted when a fee changes
    /// @param bountyFee What the author of a bounty pays, in base units of NCT
    /// @param assertionFee What an engine pays for its assertion, in base units of NCT
    event FeesUpdated(uint256 bountyFee, uint256 assertionFee);

    /// @notice Emitted when another account sets the fees
    /// @param previousManager Who did
    /// @param newManager Who does from now on
    event NewFeeManager(address indexed previousManager, address indexed newManager);

    /// @notice Emitted when another account sets the windows
    /// @param previousManager Who did
    /// @param newManager Who does from now on
    event NewWindowManager(address indexed previousManager, address indexed newManager);

    /// @notice Emitted when lost bids that nobody won go elsewhere
    /// @param previousTreasury Where they went; zero if they were burned
    /// @param newTreasury Where they go; zero if they are burned
    event TreasuryUpdated(address indexed previousTreasury, address indexed newTreasury);

    /// @notice Emitted when the windows change
    /// @param assertionRevealWindow How many blocks engines have to reveal
    /// @param arbiterVoteWindow How many blocks arbiters have to vote
    event WindowsUpdated(uint256 assertionRevealWindow, uint256 arbiterVoteWindow);

    /// @notice Thrown when a function for arbiter managers is called by another account
    /// @param account The caller
    error ArbiterManagerUnauthorized(address account);

    /// @notice Thrown when a function for deprecators is called by another account
    /// @param account The caller
    error DeprecatorUnauthorized(address account);

    /// @notice Thrown when a function for the fee manager is called by another account
    /// @param account The caller
    error FeeManagerUnauthorized(address account);

    /// @notice Thrown when a function for the window manager is called by another account
    /// @param account The caller
    error WindowManagerUnauthorized(address account);

    /// @notice Thrown when an account that is to get a role has it
    /// @param account The account
    error RoleAlreadyGranted(address account);

    /// @notice Thrown when an account that is to lose a role does not have it
    /// @param account The account
    error RoleNotGranted(address account);

    /// @notice Thrown when an account that is to become an arbiter is one, or cannot be
    /// @param account The account
    error ArbiterInvalid(address account);

    /// @notice Thrown when an account that is to be removed is no arbiter
    /// @param account The account
    error ArbiterUnknown(address account);

    /// @notice Thrown when there are as many arbiters as votes can be counted of
    /// @param maximum How many that is
    error ArbiterLimitReached(uint256 maximum);

    /// @notice Thrown when a fee is higher than any manager may set
    /// @param fee The fee, in base units of NCT
    /// @param maximum The highest possible
    error FeeTooHigh(uint256 fee, uint256 maximum);

    /// @notice Thrown when a window is shorter or longer than any manager may set
    /// @param window The window, in blocks
    /// @param maximum The longest possible; the shortest is 1
    error WindowOutOfRange(uint256 window, uint256 maximum);

    /// @notice Thrown when lost bids would go to an account that must not hold them
    /// @param treasury The account
    error TreasuryInvalid(address treasury);

    /// @notice Thrown when the registry is deprecated twice, or posted to when it is
    /// @param deprecatedBlock Since when it is
    error RegistryDeprecated(uint256 deprecatedBlock);

    /// @notice Thrown when a registry is to be taken back into use that is in use
    error RegistryNotDeprecated();

    /// @notice Lets an account vote on bounties posted from now on
    /// @param account The arbiter
    /// @param blockNumber Repeated in the event
    function addArbiter(address account, uint256 blockNumber) external;

    /// @notice Takes the vote from an account, on live bounties too; added again it is a new arbiter
    /// @param account The arbiter
    /// @param blockNumber Repeated in the event
    function removeArbiter(address account, uint256 blockNumber) external;

    /// @notice Lets an account choose arbiters; for the owner
    /// @param account The account
    function addArbiterManager(address account) external;

    /// @notice Takes that right from it; for the owner
    /// @param account The account
    function removeArbiterManager(address account) external;

    /// @notice Lets an account deprecate the registry; for the owner
    /// @param account The account
    function addDeprecator(address account) external;

    /// @notice Takes that right from it; for the owner
    /// @param account The account
    function removeDeprecator(address account) external;

    /// @notice Takes no more bounties; those that are live go on to their end
    /// @param _rollover Whether another registry takes over
    function deprecate(bool _rollover) external;

    /// @notice Takes bounties again
    function undeprecate() external;

    /// @notice Sets what an engine pays for an assertion
    /// @param newAssertionFee The fee, in base units of NCT
    function setAssertionFee(uint256 newAssertionFee) external;

    /// @notice Sets what an author pays for a bounty
    /// @param newBountyFee The fee, in base units of NCT
    function setBountyFee(uint256 newBountyFee) external;

    /// @notice Sets who sets the fees; for the owner
    /// @param newFeeManager The account
    function setFeeManager(address newFeeManager) external;

    /// @notice Sets who sets the windows; for the owner
    /// @param newWindowManager The account
    function setWindowManager(address newWindowManager) external;

    /// @notice Sets where lost bids go that nobody won; for the owner
    /// @param newTreasury The account; zero burns them
    function setTreasury(address newTreasury) external;

    /// @notice Sets how long engines may reveal and arbiters may vote
    /// @param newAssertionRevealWindow In blocks
    /// @param newArbiterVoteWindow In blocks
    function setWindows(uint256 newAssertionRevealWindow, uint256 newArbiterVoteWindow) external;

    /// @notice The bounty fee at deployment, in base units of NCT
    /// @return 1/16 NCT
    function DEFAULT_BOUNTY_FEE() external view returns (uint256);

    /// @notice The assertion fee at deployment, in base units of NCT
    /// @return 1/32 NCT
    function DEFAULT_ASSERTION_FEE() external view returns (uint256);

    /// @notice How many recorded bounties back a vote makes an arbiter active
    /// @return 100
    function ARBITER_LOOKBACK_RANGE() external view returns (uint256);

    /// @notice The most blocks that engines have to assert
    /// @return 100
    function MAX_DURATION() external view returns (uint256);

    /// @notice The highest fee that can be set, in base units of NCT
    /// @return 10 NCT
    function MAXIMUM_FEE() external view returns (uint256);

    /// @notice The longest reveal window that can be set
    /// @return The number of blocks
    function MAXIMUM_REVEAL_WINDOW() external view returns (uint256);

    /// @notice The longest vote window that can be set
    /// @return The number of blocks
    function MAXIMUM_VOTE_WINDOW() external view returns (uint256);

    /// @notice How many arbiters there can be
    /// @return The number
    function MAXIMUM_ARBITERS() external view returns (uint256);

    /// @notice How many arbiters there are
    /// @return The number
    function arbiterCount() external view returns (uint256);

    /// @notice How many blocks arbiters have to vote on a bounty posted now
    /// @return The number of blocks
    function arbiterVoteWindow() external view returns (uint256);

    /// @notice How many blocks engines have to reveal on a bounty posted now
    /// @return The number of blocks
    function assertionRevealWindow() external view returns (uint256);

    /// @notice What an engine pays to assert on a bounty posted now
    /// @return The fee, in base units of NCT
    function assertionFee() external view returns (uint256);

    /// @notice What an author pays for a bounty posted now
    /// @return The fee, in base units of NCT
    function bountyFee() external view returns (uint256);

    /// @notice Since when the registry is deprecated
    /// @return The block; zero if it is not
    function deprecatedBlock() external view returns (uint256);

    /// @notice From which block on no bounty of a deprecated registry can be voted on any more
    /// @return The block; the greatest number there is if the registry is not deprecated
    function finishedBlock() external view returns (uint256);

    /// @notice Whether another registry takes over from this deprecated one
    /// @return Whether it does
    function rollover() external view returns (bool);

    /// @notice Where lost bids go that nobody won
    /// @return The account; zero if they are burned
    function treasury() external view returns (address);

    /// @notice Who sets the fees
    /// @return The account
    function feeManager() external view returns (address);

    /// @notice Who sets the windows
    /// @return The account
    function windowManager() external view returns (address);

    /// @notice All arbiters, and which of them voted on one of the last `ARBITER_LOOKBACK_RANGE` bounties
    /// @return The arbiters
    /// @return For each, whether it did
    function getActiveArbiters() external view returns (address[] memory, bool[] memory);

    /// @notice The arbiters that have the stake and the response rate of an eligible one
    /// @return The arbiters
    function getArbiterCandidates() external view returns (address[] memory);

    /// @notice Whether an account may vote on bounties posted now
    /// @param account The account
    /// @return Whether it is an arbiter
    function isArbiter(address account) external view returns (bool);

    /// @notice Whether an account may choose arbiters
    /// @param account The account
    /// @return Whether it is an arbiter manager
    function isArbiterManager(address account) external view returns (bool);

    /// @notice Whether an account may deprecate the registry
    /// @param account The account
    /// @return Whether it is a deprecator
    function isDeprecator(address account) external view returns (bool);

    /// @notice Where arbiters stake
    /// @return The contract
    function staking() external view returns (address);
}
