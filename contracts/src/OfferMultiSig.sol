// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOfferMultiSig} from "./interfaces/IOfferMultiSig.sol";
import {IOfferRegistry} from "./interfaces/IOfferRegistry.sol";
import {OfferState} from "./libraries/OfferState.sol";
import {PauserRole} from "./roles/PauserRole.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title A payment channel between an ambassador and an expert
/// @notice Deployed by an `OfferRegistry`. A pause of the channel or of all channels keeps money from coming in, and
/// never from going out. The ambassador is the first pauser of its own channel. See `IOfferMultiSig`.
/// @dev What the channel holds is counted in `total`; tokens that are merely sent to it are nobody's and stay.
contract OfferMultiSig is IOfferMultiSig, PauserRole {
    using OfferState for bytes;
    using SafeERC20 for IERC20;

    /// @notice What a channel goes through, in this order
    enum Stage {
        New, // nothing happened
        Opened, // the ambassador's money is in; the ambassador may take it back
        Joined, // both are in, and agree off the chain
        Settling, // one of them wants its money; the other may show a later state
        Closed // paid
    }

    /// @inheritdoc IOfferMultiSig
    string public constant NAME = "Offer MultiSig";
    /// @inheritdoc IOfferMultiSig
    string public constant VERSION = "1.2.1";
    /// @inheritdoc IOfferMultiSig
    uint256 public constant MIN_SETTLEMENT_PERIOD = 10;
    /// @inheritdoc IOfferMultiSig
    uint256 public constant MAX_SETTLEMENT_PERIOD = 3600;

    /// @inheritdoc IOfferMultiSig
    address public immutable nectarAddress;
    /// @inheritdoc IOfferMultiSig
    address public immutable ambassador;
    /// @inheritdoc IOfferMultiSig
    address public immutable expert;
    /// @inheritdoc IOfferMultiSig
    uint256 public immutable settlementPeriodLength;
    IOfferRegistry private immutable _registry;

    Stage private _stage;
    /// @inheritdoc IOfferMultiSig
    uint256 public total;
    /// @inheritdoc IOfferMultiSig
    uint256 public sequence;
    /// @inheritdoc IOfferMultiSig
    bytes32 public stateHash;
    /// @inheritdoc IOfferMultiSig
    uint256 public settlementPeriodEnd;
    /// @inheritdoc IOfferMultiSig
    bytes32 public websocketUri;

    modifier onlyAmbassador() {
        if (msg.sender != ambassador) revert OfferUnauthorizedAccount(msg.sender);
        _;
    }

    modifier onlyParties() {
        if (msg.sender != ambassador && msg.sender != expert) revert OfferUnauthorizedAccount(msg.sender);
        _;
    }

    modifier inStage(Stage stage) {
        if (_stage != stage) revert OfferWrongStage(uint8(_stage));
        _;
    }

    modifier whenDepositsAllowed() {
        if (paused() || _registry.channelsPaused()) revert OfferPaused();
        _;
    }

    constructor(address _nectarAddress, address _ambassador, address _expert, uint256 _settlementPeriodLength)
        PauserRole(_ambassador)
    {
        if (_ambassador == address(0) || _expert == address(0) || _ambassador == _expert) {
            revert OfferPartiesInvalid(_ambassador, _expert);
        }
        if (_settlementPeriodLength < MIN_SETTLEMENT_PERIOD || _settlementPeriodLength > MAX_SETTLEMENT_PERIOD) {
            revert OfferSettlementPeriodOutOfRange(
                _settlementPeriodLength, MIN_SETTLEMENT_PERIOD, MAX_SETTLEMENT_PERIOD
            );
        }
        nectarAddress = _nectarAddress;
        ambassador = _ambassador;
        expert = _expert;
        settlementPeriodLength = _settlementPeriodLength;
        _registry = IOfferRegistry(msg.sender);
    }

    /// @inheritdoc IOfferMultiSig
    function openAgreement(bytes calldata _state, uint8 _v, bytes32 _r, bytes32 _s)
        external
        onlyAmbassador
        inStage(Stage.New)
        whenDepositsAllowed
    {
        _requireOurs(_state);
        _requireWord(_state, OfferState.CLOSE_FLAG, 0);
        _requireSigned(ambassador, _state, _v, _r, _s);
        _stage = Stage.Opened;
        _remember(_state);
        uint256 deposited = _state.word(OfferState.AMBASSADOR_BALANCE);
        total = deposited;
        emit OpenedAgreement(ambassador);
        IERC20(nectarAddress).safeTransferFrom(ambassador, address(this), deposited);
    }

    /// @inheritdoc IOfferMultiSig
    function cancelAgreement() external onlyAmbassador inStage(Stage.Opened) {
        uint256 deposited = total;
        _stage = Stage.Closed;
        total = 0;
        emit CanceledAgreement(ambassador);
        IERC20(nectarAddress).safeTransfer(ambassador, deposited);
    }

    /// @inheritdoc IOfferMultiSig
    function joinAgreement(bytes calldata _state, uint8 _v, bytes32 _r, bytes32 _s)
        external
        inStage(Stage.Opened)
        whenDepositsAllowed
    {
        if (msg.sender != expert) revert OfferUnauthorizedAccount(msg.sender);
        _requireKnown(_state);
        _requireSigned(expert, _state, _v, _r, _s);
        _stage = Stage.Joined;
        uint256 deposited = _state.word(OfferState.EXPERT_BALANCE);
        total += deposited;
        emit JoinedAgreement(expert);
        IERC20(nectarAddress).safeTransferFrom(expert, address(this), deposited);
    }

    /// @inheritdoc IOfferMultiSig
    function depositFunds(
        bytes calldata _state,
        uint8[2] calldata _sigV,
        bytes32[2] calldata _sigR,
        bytes32[2] calldata _sigS
    ) external onlyParties inStage(Stage.Joined) whenDepositsAllowed {
        _requireAgreed(_state, _sigV, _sigR, _sigS);
        _requireWord(_state, OfferState.CLOSE_FLAG, 0);
        _requireSequence(_state, sequence + 1);
        _requireInTime(_state);
        uint256 before = total;
        uint256 afterwards = getTotal(_state);
        if (afterwards <= before) revert OfferStateTotalMismatch(afterwards, before);
        _remember(_state);
        total = afterwards;
        emit FundsDeposited(ambassador, expert, getBalanceA(_state), getBalanceB(_state));
        IERC20(nectarAddress).safeTransferFrom(msg.sender, address(this), afterwards - before);
    }

    /// @inheritdoc IOfferMultiSig
    function closeAgreement(
        bytes calldata _state,
        uint8[2] calldata _sigV,
        bytes32[2] calldata _sigR,
        bytes32[2] calldata _sigS
    ) external onlyParties inStage(Stage.Joined) {
        _requireAgreed(_state, _sigV, _sigR, _sigS);
        _requireWord(_state, OfferState.CLOSE_FLAG, 1);
        _requireSequence(_state, sequence);
        _requireTotal(_state);
        _remember(_state);
        _pay(_state);
    }

    /// @inheritdoc IOfferMultiSig
    function startSettle(
        bytes calldata _state,
        uint8[2] calldata _sigV,
        bytes32[2] calldata _sigR,
        bytes32[2] calldata _sigS
    ) external onlyParties inStage(Stage.Joined) {
        _requireAgreed(_state, _sigV, _sigR, _sigS);
        _requireSequence(_state, sequence);
        _requireTotal(_state);
        _stage = Stage.Settling;
        _remember(_state);
        settlementPeriodEnd = block.number + settlementPeriodLength;
        emit StartedSettle(msg.sender, sequence, settlementPeriodEnd);
    }

    /// @inheritdoc IOfferMultiSig
    function challengeSettle(
        bytes calldata _state,
        uint8[2] calldata _sigV,
        bytes32[2] calldata _sigR,
        bytes32[2] calldata _sigS
    ) external onlyParties inStage(Stage.Settling) {
        if (block.number >= settlementPeriodEnd) {
            revert OfferSettlementPeriodOver(settlementPeriodEnd);
        }
        _requireAgreed(_state, _sigV, _sigR, _sigS);
        _requireSequence(_state, sequence + 1);
        _requireTotal(_state);
        _remember(_state);
        emit SettleStateChallenged(msg.sender, sequence, settlementPeriodEnd);
    }

    /// @inheritdoc IOfferMultiSig
    /// @dev The signatures were checked when the state was shown.
    function closeAgreementWithTimeout(
        bytes calldata _state,
        uint8[2] calldata,
        bytes32[2] calldata,
        bytes32[2] calldata
    ) external onlyParties inStage(Stage.Settling) {
        if (block.number < settlementPeriodEnd) {
            revert OfferSettlementPeriodNotOver(settlementPeriodEnd);
        }
        _requireKnown(_state);
        _pay(_state);
    }

    /// @inheritdoc IOfferMultiSig
    function setCommunicationUri(bytes32 _websocketUri) external onlyAmbassador {
        websocketUri = _websocketUri;
        emit CommunicationsSet(_websocketUri);
    }

    /// @inheritdoc IOfferMultiSig
    function getCloseFlag(bytes calldata _state) external pure returns (uint8 _flag) {
        return _state.word(OfferState.CLOSE_FLAG) == 1 ? 1 : 0;
    }

    /// @inheritdoc IOfferMultiSig
    function getPartyA(bytes calldata _state) external pure returns (address _ambassador) {
        return address(uint160(_state.word(OfferState.AMBASSADOR)));
    }

    /// @inheritdoc IOfferMultiSig
    function getPartyB(bytes calldata _state) external pure returns (address _expert) {
        return address(uint160(_state.word(OfferState.EXPERT)));
    }

    /// @inheritdoc IOfferMultiSig
    function getSequence(bytes calldata _state) external pure returns (uint256 _seq) {
        return _state.word(OfferState.SEQUENCE);
    }

    /// @inheritdoc IOfferMultiSig
    function getSettlementPeriodEnd() external view returns (uint256) {
        return settlementPeriodEnd;
    }

    /// @inheritdoc IOfferMultiSig
    function getTokenAddress(bytes calldata _state) external pure returns (address _token) {
        return address(uint160(_state.word(OfferState.TOKEN)));
    }

    /// @inheritdoc IOfferMultiSig
    function getWebsocketUri() external view returns (bytes32) {
        return websocketUri;
    }

    /// @inheritdoc IOfferMultiSig
    function isChannelOpen() external view returns (bool) {
        return isOpen();
    }

    /// @inheritdoc IOfferMultiSig
    function isClosed() external view returns (uint256) {
        return _stage == Stage.Closed ? 1 : 0;
    }

    /// @inheritdoc IOfferMultiSig
    function isInSettlementState() external view returns (uint256) {
        return _stage == Stage.Settling ? 1 : 0;
    }

    /// @inheritdoc IOfferMultiSig
    function isPending() external view returns (bool) {
        return _stage == Stage.Opened;
    }

    /// @inheritdoc IOfferMultiSig
    function isOpen() public view returns (bool) {
        return _stage == Stage.Joined || _stage == Stage.Settling;
    }

    /// @inheritdoc IOfferMultiSig
    function getBalanceA(bytes calldata _state) public pure returns (uint256 _balanceA) {
        return _state.word(OfferState.AMBASSADOR_BALANCE);
    }

    /// @inheritdoc IOfferMultiSig
    function getBalanceB(bytes calldata _state) public pure returns (uint256 _balanceB) {
        return _state.word(OfferState.EXPERT_BALANCE);
    }

    /// @inheritdoc IOfferMultiSig
    function getTotal(bytes calldata _state) public pure returns (uint256) {
        return getBalanceA(_state) + getBalanceB(_state);
    }

    function _remember(bytes calldata state) private {
        sequence = state.word(OfferState.SEQUENCE);
        stateHash = keccak256(state);
    }

    function _pay(bytes calldata state) private {
        _stage = Stage.Closed;
        total = 0;
        emit ClosedAgreement(expert, ambassador);
        IERC20(nectarAddress).safeTransfer(ambassador, getBalanceA(state));
        IERC20(nectarAddress).safeTransfer(expert, getBalanceB(state));
    }

    /// @dev Whoever may pause a channel may let others do so.
    function _authorizePauserChange() internal view override onlyPauser {}

    /// @dev The state is of this channel, hence of this chain, and both parties signed it.
    function _requireAgreed(bytes calldata state, uint8[2] calldata v, bytes32[2] calldata r, bytes32[2] calldata s)
        private
        view
    {
        _requireOurs(state);
        _requireSigned(ambassador, state, v[0], r[0], s[0]);
        _requireSigned(expert, state, v[1], r[1], s[1]);
    }

    function _requireOurs(bytes calldata state) private view {
        _requireWord(state, OfferState.AMBASSADOR, uint160(ambassador));
        _requireWord(state, OfferState.EXPERT, uint160(expert));
        _requireWord(state, OfferState.CHANNEL, uint160(address(this)));
        _requireWord(state, OfferState.TOKEN, uint160(nectarAddress));
    }

    function _requireKnown(bytes calldata state) private view {
        if (keccak256(state) != stateHash) revert OfferStateUnknown(keccak256(state), stateHash);
    }

    function _requireTotal(bytes calldata state) private view {
        if (getTotal(state) != total) revert OfferStateTotalMismatch(getTotal(state), total);
    }

    /// @dev A deposit that could be made at any time would undo the payments that were signed after it: they divide a
    /// total that the channel no longer has.
    function _requireInTime(bytes calldata state) private view {
        uint256 deadline = state.word(OfferState.ENGAGEMENT_DEADLINE);
        uint256 latest = block.number + MAX_SETTLEMENT_PERIOD;
        if (deadline < block.number || deadline > latest) {
            revert OfferDepositDeadlineOutOfRange(deadline, block.number, latest);
        }
    }

    function _requireSequence(bytes calldata state, uint256 minimum) private pure {
        uint256 shown = state.word(OfferState.SEQUENCE);
        if (shown < minimum) revert OfferStateOutdated(shown, minimum);
    }

    function _requireWord(bytes calldata state, uint256 index, uint256 expected) private pure {
        uint256 value = state.word(index);
        if (value != expected) revert OfferStateMismatch(index, value, expected);
    }

    function _requireSigned(address party, bytes calldata state, uint8 v, bytes32 r, bytes32 s) private pure {
        if (state.signer(v, r, s) != party) revert OfferSignatureInvalid(party);
    }
}
