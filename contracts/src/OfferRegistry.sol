// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {OfferMultiSig} from "./OfferMultiSig.sol";
import {IOfferRegistry} from "./interfaces/IOfferRegistry.sol";
import {OfferState} from "./libraries/OfferState.sol";
import {OwnedPausers} from "./roles/OwnedPausers.sol";

/// @title Where offer channels are opened and found
/// @notice Holds no money. See `IOfferRegistry`.
contract OfferRegistry is IOfferRegistry, OwnedPausers {
    using OfferState for bytes;

    struct Channel {
        address msig;
        address ambassador;
        address expert;
    }

    /// @inheritdoc IOfferRegistry
    string public constant VERSION = "1.2.1";
    /// @inheritdoc IOfferRegistry
    address public immutable nectarAddress;

    /// @inheritdoc IOfferRegistry
    bool public channelsPaused;
    /// @inheritdoc IOfferRegistry
    uint128[] public channelsGuids;
    /// @inheritdoc IOfferRegistry
    mapping(uint128 guid => Channel) public guidToChannel;
    /// @inheritdoc IOfferRegistry
    mapping(bytes32 participants => address) public participantsToChannel;

    constructor(address _nectarAddress) {
        nectarAddress = _nectarAddress;
    }

    /// @inheritdoc IOfferRegistry
    function initializeOfferChannel(uint128 guid, address _ambassador, address _expert, uint256 _settlementPeriodLength)
        external
        whenNotPaused
    {
        if (msg.sender != _ambassador) revert OfferRegistryNotAmbassador(msg.sender, _ambassador);
        if (guidToChannel[guid].msig != address(0)) revert OfferRegistryGuidTaken(guid);
        // The chain is part of the salt: registries at the same address on two chains have no channel in common.
        bytes32 salt = keccak256(abi.encode(block.chainid, guid, _ambassador, _expert));
        address msig =
            address(new OfferMultiSig{salt: salt}(nectarAddress, _ambassador, _expert, _settlementPeriodLength));
        guidToChannel[guid] = Channel(msig, _ambassador, _expert);
        channelsGuids.push(guid);
        participantsToChannel[_participants(_ambassador, _expert)] = msig;
        emit InitializedChannel(msig, _ambassador, _expert, guid);
    }

    /// @inheritdoc IOfferRegistry
    function pauseChannels() external onlyPauser {
        if (channelsPaused) revert OfferRegistryChannelsPaused(true);
        channelsPaused = true;
        emit ChannelsPaused();
    }

    /// @inheritdoc IOfferRegistry
    function unpauseChannels() external onlyPauser {
        if (!channelsPaused) revert OfferRegistryChannelsPaused(false);
        channelsPaused = false;
        emit ChannelsUnpaused();
    }

    /// @inheritdoc IOfferRegistry
    function getChannelsGuids() external view returns (uint128[] memory) {
        return channelsGuids;
    }

    /// @inheritdoc IOfferRegistry
    function getNumberOfOffers() external view returns (uint256) {
        return channelsGuids.length;
    }

    /// @inheritdoc IOfferRegistry
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
        )
    {
        _guid = bytes32(_state.word(OfferState.GUID));
        _nonce = _state.word(OfferState.SEQUENCE);
        _amount = _state.word(OfferState.OFFER_AMOUNT);
        _msigAddress = address(uint160(_state.word(OfferState.CHANNEL)));
        _balanceA = _state.word(OfferState.AMBASSADOR_BALANCE);
        _balanceB = _state.word(OfferState.EXPERT_BALANCE);
        _ambassador = address(uint160(_state.word(OfferState.AMBASSADOR)));
        _expert = address(uint160(_state.word(OfferState.EXPERT)));
        _isClosed = _state.word(OfferState.CLOSE_FLAG);
        _token = address(uint160(_state.word(OfferState.TOKEN)));
        _mask = _state.word(OfferState.MASK);
        _assertion = _state.word(OfferState.VERDICTS);
    }

    /// @inheritdoc IOfferRegistry
    function getParticipantsChannel(address _ambassador, address _expert) external view returns (address) {
        return participantsToChannel[_participants(_ambassador, _expert)];
    }

    function _participants(address ambassador, address expert) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(ambassador, expert));
    }
}
