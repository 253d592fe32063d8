// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOwnedPausers} from "./IOwnedPausers.sol";

/// @title Where offer channels are opened and found
/// @notice A channel's address depends on the chain, the registry, the guid and the two parties. As that address is a
/// word of every state that the parties sign, a state is worth nothing on another chain or in another channel.
interface IOfferRegistry is IOwnedPausers {
    /// @notice Emitted when a channel is deployed
    /// @param msig The channel
    /// @param ambassador Who will ask and pay
    /// @param expert Who will answer
    /// @param guid The channel's name
    event InitializedChannel(address msig, address ambassador, address expert, uint128 guid);

    /// @notice Emitted when money may no longer be put into channels
    event ChannelsPaused();

    /// @notice Emitted when money may be put into channels again
    event ChannelsUnpaused();

    /// @notice Thrown when a channel is initialized by somebody else than its ambassador
    /// @param account The caller
    /// @param ambassador The ambassador
    error OfferRegistryNotAmbassador(address account, address ambassador);

    /// @notice Thrown when a channel is initialized under a guid that is taken
    /// @param guid The guid
    error OfferRegistryGuidTaken(uint128 guid);

    /// @notice Thrown when channels are paused, or let go on, twice
    /// @param channelsPaused What they are
    error OfferRegistryChannelsPaused(bool channelsPaused);

    /// @notice Deploys a channel between the caller and an expert; stopped by a pause
    /// @param guid The channel's name, not taken
    /// @param _ambassador The caller
    /// @param _expert The expert
    /// @param _settlementPeriodLength How many blocks the parties have to answer a state with a later one
    function initializeOfferChannel(uint128 guid, address _ambassador, address _expert, uint256 _settlementPeriodLength)
        external;

    /// @notice Lets no more money into any channel; what is inside can be taken out
    function pauseChannels() external;

    /// @notice Lets money into channels again
    function unpauseChannels() external;

    /// @notice The version of the interface
    /// @return 1.2.x
    function VERSION() external view returns (string memory);

    /// @notice The guid of a channel
    /// @param index Which channel, in the order of their deployment
    /// @return The guid
    function channelsGuids(uint256 index) external view returns (uint128);

    /// @notice Whether no money may be put into channels
    /// @return Whether they are paused
    function channelsPaused() external view returns (bool);

    /// @notice The guids of all channels; for a reader off the chain, as their number has no bound
    /// @return The guids, in the order of their deployment
    function getChannelsGuids() external view returns (uint128[] memory);

    /// @notice How many channels there are
    /// @return The number
    function getNumberOfOffers() external view returns (uint256);

    /// @notice Takes a state apart
    /// @param _state The state
    /// @return _guid The channel's name
    /// @return _nonce The sequence
    /// @return _amount What the offer is worth
    /// @return _msigAddress The channel
    /// @return _balanceA What is the ambassador's
    /// @return _balanceB What is the expert's
    /// @return _ambassador The ambassador
    /// @return _expert The expert
    /// @return _isClosed Whether the parties close the channel with it
    /// @return _token The token
    /// @return _mask The artifacts that the expert asserts on
    /// @return _assertion The expert's verdicts on them
    function getOfferState(bytes calldata _state)
        external
        pure
        returns (
            bytes32 _guid,
            uint256 _nonce,
            uint256 _amount,
            address _msigAddress,
            uint256 _balanceA,
            uint256 _balanceB,
            address _ambassador,
            address _expert,
            uint256 _isClosed,
            address _token,
            uint256 _mask,
            uint256 _assertion
        );

    /// @notice The latest channel between two parties
    /// @param _ambassador The ambassador
    /// @param _expert The expert
    /// @return The channel; zero if there is none
    function getParticipantsChannel(address _ambassador, address _expert) external view returns (address);

    /// @notice A channel
    /// @param guid Its name
    /// @return msig The channel; zero if there is none
    /// @return ambassador The ambassador
    /// @return expert The expert
    function guidToChannel(uint128 guid) external view returns (address msig, address ambassador, address expert);

    /// @notice The token that channels hold
    /// @return The token
    function nectarAddress() external view returns (address);

    /// @notice The latest channel between two parties
    /// @param participants keccak256 of ambassador and expert, packed
    /// @return The channel; zero if there is none
    function participantsToChannel(bytes32 participants) external view returns (address);
}
