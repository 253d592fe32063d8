// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPauserRole} from "./IPauserRole.sol";

/// @title A payment channel between an ambassador and an expert
/// @notice The ambassador opens it with money of its own, the expert joins with money of its own. From then on both
/// sign states off the chain, each with a higher sequence, that say what belongs to whom (see `OfferState`). The
/// channel pays either a state that both signed to close it, or, without any consent, the latest state that was shown
/// to it within the settlement period. The period begins once and is never extended: a party that shows its latest
/// state within it cannot be answered, and nobody's money is held for longer.
interface IOfferMultiSig is IPauserRole {
    /// @notice Emitted when the ambassador takes its money back before the expert joins
    /// @param _ambassador The ambassador
    event CanceledAgreement(address _ambassador);

    /// @notice Emitted when the channel pays and closes
    /// @param _expert The expert
    /// @param _ambassador The ambassador
    event ClosedAgreement(address _expert, address _ambassador);

    /// @notice Emitted when the ambassador says where it is to be reached
    /// @param websocketUri The URI
    event CommunicationsSet(bytes32 websocketUri);

    /// @notice Emitted when money is added
    /// @param _ambassador The ambassador
    /// @param _expert The expert
    /// @param ambassadorBalance What is the ambassador's, in base units of NCT
    /// @param expertBalance What is the expert's, in base units of NCT
    event FundsDeposited(address _ambassador, address _expert, uint256 ambassadorBalance, uint256 expertBalance);

    /// @notice Emitted when the expert joins
    /// @param _expert The expert
    event JoinedAgreement(address _expert);

    /// @notice Emitted when the ambassador opens the channel
    /// @param _ambassador The ambassador
    event OpenedAgreement(address _ambassador);

    /// @notice Emitted when a state is answered with a later one
    /// @param challenger Who did
    /// @param sequence The sequence of the later state
    /// @param settlementPeriodEnd The first block at which the channel pays; as it was
    event SettleStateChallenged(address challenger, uint256 sequence, uint256 settlementPeriodEnd);

    /// @notice Emitted when a party wants its money without the other's consent
    /// @param initiator Who does
    /// @param sequence The sequence of the state it shows
    /// @param settlementPeriodEnd The first block at which the channel pays
    event StartedSettle(address initiator, uint256 sequence, uint256 settlementPeriodEnd);

    /// @notice Thrown when one account would be both parties, or a party is the zero address
    /// @param ambassador The ambassador
    /// @param expert The expert
    error OfferPartiesInvalid(address ambassador, address expert);

    /// @notice Thrown when the settlement period would be too short to answer in, or too long to wait for
    /// @param length The period, in blocks
    /// @param minimum The shortest
    /// @param maximum The longest
    error OfferSettlementPeriodOutOfRange(uint256 length, uint256 minimum, uint256 maximum);

    /// @notice Thrown when a function for one party, or for the two, is called by another account
    /// @param account The caller
    error OfferUnauthorizedAccount(address account);

    /// @notice Thrown when something is done that does not fit what the channel is
    /// @param stage What it is: 0 new, 1 opened, 2 joined, 3 settling, 4 closed
    error OfferWrongStage(uint8 stage);

    /// @notice Thrown when a state has another value than the channel where it must have the same
    /// @param index Which word of the state
    /// @param value What it has
    /// @param expected What it should have
    error OfferStateMismatch(uint256 index, uint256 value, uint256 expected);

    /// @notice Thrown when the balances of a state do not add up to what the channel holds
    /// @param total What they add up to
    /// @param deposited What the channel holds
    error OfferStateTotalMismatch(uint256 total, uint256 deposited);

    /// @notice Thrown when a state is older than one that the channel has seen
    /// @param sequence The sequence of the state
    /// @param minimum The lowest that would do
    error OfferStateOutdated(uint256 sequence, uint256 minimum);

    /// @notice Thrown when a state must be the one that the channel knows and is not
    /// @param stateHash The hash of the state
    /// @param expected The hash of the one it knows
    error OfferStateUnknown(bytes32 stateHash, bytes32 expected);

    /// @notice Thrown when a signature is malformed or another's
    /// @param party Whose it should be
    error OfferSignatureInvalid(address party);

    /// @notice Thrown when a state is answered too late
    /// @param settlementPeriodEnd The first block that was too late
    error OfferSettlementPeriodOver(uint256 settlementPeriodEnd);

    /// @notice Thrown when the channel should pay before the other party had its time to answer
    /// @param settlementPeriodEnd The first block at which it pays
    error OfferSettlementPeriodNotOver(uint256 settlementPeriodEnd);

    /// @notice Thrown when a deposit is made after its deadline, or long before it
    /// @param deadline The engagement deadline of the state, as a block number
    /// @param earliest The lowest that would do: this block
    /// @param latest The highest that would do
    error OfferDepositDeadlineOutOfRange(uint256 deadline, uint256 earliest, uint256 latest);

    /// @notice Thrown when money is put in while that is paused
    error OfferPaused();

    /// @notice Opens the channel; the ambassador has approved its own balance of the state before. Stopped by a pause
    /// @param _state What both begin with
    /// @param _v The ambassador's signature, v
    /// @param _r The ambassador's signature, r
    /// @param _s The ambassador's signature, s
    function openAgreement(bytes calldata _state, uint8 _v, bytes32 _r, bytes32 _s) external;

    /// @notice Takes the ambassador's money back as long as the expert has not joined, and closes the channel
    function cancelAgreement() external;

    /// @notice Joins the channel; the expert has approved its own balance of the state before. Stopped by a pause
    /// @param _state The state it was opened with
    /// @param _v The expert's signature, v
    /// @param _r The expert's signature, r
    /// @param _s The expert's signature, s
    function joinAgreement(bytes calldata _state, uint8 _v, bytes32 _r, bytes32 _s) external;

    /// @notice Adds money: the difference between the balances of a state and what the channel holds, of the caller,
    /// who has approved it before. Stopped by a pause
    /// @dev A deposit undoes payments that were signed after it, since they divide what the channel held before. So it
    /// carries a deadline: whoever signed one signs no payment until it is made or its deadline is over.
    /// @param _state A later state, whose engagement deadline is this block or one of the next 3,600
    /// @param _sigV Both signatures, v, the ambassador's first
    /// @param _sigR Both signatures, r
    /// @param _sigS Both signatures, s
    function depositFunds(
        bytes calldata _state,
        uint8[2] calldata _sigV,
        bytes32[2] calldata _sigR,
        bytes32[2] calldata _sigS
    ) external;

    /// @notice Pays a state that both signed to close the channel with
    /// @param _state A state with the close flag, not older than one that the channel has seen
    /// @param _sigV Both signatures, v, the ambassador's first
    /// @param _sigR Both signatures, r
    /// @param _sigS Both signatures, s
    function closeAgreement(
        bytes calldata _state,
        uint8[2] calldata _sigV,
        bytes32[2] calldata _sigR,
        bytes32[2] calldata _sigS
    ) external;

    /// @notice Begins the settlement period with a state that both signed
    /// @param _state A state not older than one that the channel has seen
    /// @param _sigV Both signatures, v, the ambassador's first
    /// @param _sigR Both signatures, r
    /// @param _sigS Both signatures, s
    function startSettle(
        bytes calldata _state,
        uint8[2] calldata _sigV,
        bytes32[2] calldata _sigR,
        bytes32[2] calldata _sigS
    ) external;

    /// @notice Answers with a later state that both signed, within the settlement period
    /// @param _state A state with a higher sequence
    /// @param _sigV Both signatures, v, the ambassador's first
    /// @param _sigR Both signatures, r
    /// @param _sigS Both signatures, s
    function challengeSettle(
        bytes calldata _state,
        uint8[2] calldata _sigV,
        bytes32[2] calldata _sigR,
        bytes32[2] calldata _sigS
    ) external;

    /// @notice Pays the latest state that was shown, after the settlement period
    /// @param _state That state
    /// @param _sigV Both signatures, v, the ambassador's first
    /// @param _sigR Both signatures, r
    /// @param _sigS Both signatures, s
    function closeAgreementWithTimeout(
        bytes calldata _state,
        uint8[2] calldata _sigV,
        bytes32[2] calldata _sigR,
        bytes32[2] calldata _sigS
    ) external;

    /// @notice Says where the ambassador is to be reached; for the ambassador
    /// @param _websocketUri The URI
    function setCommunicationUri(bytes32 _websocketUri) external;

    /// @notice The longest settlement period
    /// @return The number of blocks
    function MAX_SETTLEMENT_PERIOD() external view returns (uint256);

    /// @notice The shortest settlement period
    /// @return The number of blocks
    function MIN_SETTLEMENT_PERIOD() external view returns (uint256);

    /// @notice The name of the contract
    /// @return The name
    function NAME() external view returns (string memory);

    /// @notice The version of the interface
    /// @return 1.2.x
    function VERSION() external view returns (string memory);

    /// @notice Who asks and pays
    /// @return The account
    function ambassador() external view returns (address);

    /// @notice Who answers
    /// @return The account
    function expert() external view returns (address);

    /// @notice What is the ambassador's in a state
    /// @param _state The state
    /// @return _balanceA The balance, in base units of NCT
    function getBalanceA(bytes calldata _state) external pure returns (uint256 _balanceA);

    /// @notice What is the expert's in a state
    /// @param _state The state
    /// @return _balanceB The balance, in base units of NCT
    function getBalanceB(bytes calldata _state) external pure returns (uint256 _balanceB);

    /// @notice Whether a state is signed to close the channel
    /// @param _state The state
    /// @return _flag 1 if it is, 0 if not
    function getCloseFlag(bytes calldata _state) external pure returns (uint8 _flag);

    /// @notice The ambassador of a state
    /// @param _state The state
    /// @return _ambassador The account
    function getPartyA(bytes calldata _state) external pure returns (address _ambassador);

    /// @notice The expert of a state
    /// @param _state The state
    /// @return _expert The account
    function getPartyB(bytes calldata _state) external pure returns (address _expert);

    /// @notice The sequence of a state
    /// @param _state The state
    /// @return _seq The sequence
    function getSequence(bytes calldata _state) external pure returns (uint256 _seq);

    /// @notice The first block at which a settling channel pays
    /// @return The block; zero if nobody wants its money without consent
    function getSettlementPeriodEnd() external view returns (uint256);

    /// @notice The token of a state
    /// @param _state The state
    /// @return _token The token
    function getTokenAddress(bytes calldata _state) external pure returns (address _token);

    /// @notice Both balances of a state together
    /// @param _state The state
    /// @return The sum, in base units of NCT
    function getTotal(bytes calldata _state) external pure returns (uint256);

    /// @notice Where the ambassador is to be reached
    /// @return The URI
    function getWebsocketUri() external view returns (bytes32);

    /// @notice Whether both parties are in and the channel has not paid
    /// @return Whether it is open
    function isChannelOpen() external view returns (bool);

    /// @notice Whether the channel has paid
    /// @return 1 if it has, 0 if not
    function isClosed() external view returns (uint256);

    /// @notice Whether the settlement period has begun and the channel has not paid
    /// @return 1 if so, 0 if not
    function isInSettlementState() external view returns (uint256);

    /// @notice Whether both parties are in and the channel has not paid
    /// @return Whether it is open
    function isOpen() external view returns (bool);

    /// @notice Whether the ambassador is in and the expert is not
    /// @return Whether it is pending
    function isPending() external view returns (bool);

    /// @notice The token that the channel holds
    /// @return The token
    function nectarAddress() external view returns (address);

    /// @notice The sequence of the latest state that the channel has seen
    /// @return The sequence
    function sequence() external view returns (uint256);

    /// @notice The first block at which a settling channel pays
    /// @return The block; zero if nobody wants its money without consent
    function settlementPeriodEnd() external view returns (uint256);

    /// @notice How many blocks a party has to answer a state with a later one
    /// @return The number of blocks
    function settlementPeriodLength() external view returns (uint256);

    /// @notice The hash of the latest state that the channel has seen
    /// @return keccak256 of the state
    function stateHash() external view returns (bytes32);

    /// @notice What the channel holds of both parties
    /// @return The sum, in base units of NCT
    function total() external view returns (uint256);

    /// @notice Where the ambassador is to be reached
    /// @return The URI
    function websocketUri() external view returns (bytes32);
}
