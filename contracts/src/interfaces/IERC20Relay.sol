// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IGoverned} from "./IGoverned.sol";

/// @title One end of the bridge between two chains
/// @notice Who sends tokens to the relay on one chain gets them from the relay on the other, once enough verifiers have
/// approved there. Approvals count for exactly what was approved, so that one verifier that lies about a withdrawal
/// cannot keep the others from agreeing on the truth; and a transfer is paid once, whatever blocks it was seen in.
/// @dev A transaction can hold several transfers. `approveTransfer` names one by the place of its log; the original's
/// `approveWithdrawal` stands for a transaction as a whole and can pay only one transfer of it. Once a transaction is
/// paid by one of the two, the other pays nothing of it.
interface IERC20Relay is IGoverned {
    /// @notice Emitted when an account becomes a verifier
    /// @param account The verifier
    event AddedVerifier(address indexed account);

    /// @notice Emitted when an account is no longer a verifier
    /// @param account The former verifier
    event RemovedVerifier(address indexed account);

    /// @notice Emitted when enough verifiers have seen a block of the other chain
    /// @param blockHash Its hash
    /// @param blockNumber Its number
    event AnchoredBlock(bytes32 indexed blockHash, uint256 indexed blockNumber);

    /// @notice Emitted when a verifier has seen another block of that number than another verifier
    /// @param blockHash The hash it has seen
    /// @param blockNumber The number
    event ContestedBlock(bytes32 indexed blockHash, uint256 indexed blockNumber);

    /// @notice Emitted when the fee of a withdrawal changes
    /// @param newFees The fee, in base units of NCT
    event FeesChanged(uint256 newFees);

    /// @notice Emitted once, when the community of this chain ends: verifiers then bring all balances to the other
    /// chain
    event Flush();

    /// @notice Emitted when another account sets the exchange rate
    /// @param previousManager Who did
    /// @param newManager Who does from now on
    event NewFeeManager(address indexed previousManager, address indexed newManager);

    /// @notice Emitted when another account chooses the verifiers
    /// @param previousManager Who did
    /// @param newManager Who does from now on
    event NewVerifierManager(address indexed previousManager, address indexed newManager);

    /// @notice Emitted when a withdrawal is paid
    /// @param destination Who gets it
    /// @param amount How much left the other chain, in base units of NCT; the fee is taken from it
    /// @param txHash The transaction on the other chain
    /// @param blockHash The block it is in
    /// @param blockNumber The number of that block
    event WithdrawalProcessed(
        address indexed destination, uint256 amount, bytes32 txHash, bytes32 blockHash, uint256 blockNumber
    );

    /// @notice Thrown when a function for one role is called by another account
    /// @param account The caller
    error RelayUnauthorizedAccount(address account);

    /// @notice Thrown when an account that is to become a verifier is one, or cannot be
    /// @param account The account
    error RelayVerifierInvalid(address account);

    /// @notice Thrown when an account that is to be removed is no verifier
    /// @param account The account
    error RelayVerifierUnknown(address account);

    /// @notice Thrown when there would be too few or too many verifiers
    /// @param count How many there would be
    /// @param minimum The least there must be
    /// @param maximum The most there may be
    error RelayVerifierCountOutOfRange(uint256 count, uint256 minimum, uint256 maximum);

    /// @notice Thrown when the exchange rate would make the fee unreasonable
    /// @param rate The rate
    /// @param maximum The highest possible
    error RelayExchangeRateTooHigh(uint256 rate, uint256 maximum);

    /// @notice Thrown when a relay is made for no token
    error RelayTokenMissing();

    /// @notice Thrown when there would be fees and nobody to get them
    error RelayFeeWalletMissing();

    /// @notice Thrown when a withdrawal is not worth its fee
    /// @param amount The withdrawal, in base units of NCT
    /// @param fees The fee
    error RelayAmountBelowFees(uint256 amount, uint256 fees);

    /// @notice Thrown when a withdrawal would go to the zero address or to the relay itself
    /// @param destination Where it would go
    error RelayDestinationInvalid(address destination);

    /// @notice Thrown when something else is approved of a transaction that is paid, or taken back
    /// @param txHash The transaction
    error RelayAlreadyProcessed(bytes32 txHash);

    /// @notice Thrown when a verifier approves a second time without taking the first back
    /// @param verifier The verifier
    error RelayAlreadyApproved(address verifier);

    /// @notice Thrown when a verifier takes an approval back that it has not given
    /// @param verifier The verifier
    error RelayNotApproved(address verifier);

    /// @notice Thrown when a block is anchored that is not after the last one
    /// @param blockNumber Its number
    /// @param lastAnchor The number of the last one
    error RelayAnchorOutdated(uint256 blockNumber, uint256 lastAnchor);

    /// @notice Thrown when the relay is flushed a second time
    /// @param flushBlock When it was
    error RelayAlreadyFlushed(uint256 flushBlock);

    /// @notice Makes an account a verifier; for the owner
    /// @param account The account
    function _addVerifier(address account) external;

    /// @notice Makes a verifier an ordinary account; for the owner
    /// @param account The account
    function _removeVerifier(address account) external;

    /// @notice Makes an account a verifier; for the verifier manager
    /// @param account The account
    function addVerifier(address account) external;

    /// @notice Makes a verifier an ordinary account, whose approvals count no more; for the verifier manager
    /// @param account The account
    function removeVerifier(address account) external;

    /// @notice Says that a block of the other chain was seen; for verifiers, one open statement each. Nothing happens
    /// if the block is anchored already
    /// @param blockHash Its hash
    /// @param blockNumber Its number, after that of the last anchored block
    function anchor(bytes32 blockHash, uint256 blockNumber) external;

    /// @notice Takes the caller's open statement on a block back
    function unanchor() external;

    /// @notice Approves a withdrawal, and pays it if enough verifiers have; for verifiers. Nothing happens if just this
    /// is paid already. For transactions with a single transfer: see `approveTransfer`
    /// @param destination Who gets it
    /// @param amount How much left the other chain, in base units of NCT
    /// @param txHash The transaction on the other chain
    /// @param blockHash The block it is in
    /// @param blockNumber The number of that block
    function approveWithdrawal(
        address destination,
        uint256 amount,
        bytes32 txHash,
        bytes32 blockHash,
        uint256 blockNumber
    ) external;

    /// @notice Approves one transfer of a transaction, and pays it if enough verifiers have; for verifiers. Nothing
    /// happens if just this is paid already
    /// @param destination Who gets it
    /// @param amount How much left the other chain, in base units of NCT
    /// @param txHash The transaction on the other chain
    /// @param blockHash The block it is in
    /// @param blockNumber The number of that block
    /// @param logIndex The place of the transfer's log within its transaction, which a reorganisation does not change
    function approveTransfer(
        address destination,
        uint256 amount,
        bytes32 txHash,
        bytes32 blockHash,
        uint256 blockNumber,
        uint256 logIndex
    ) external;

    /// @notice Takes the caller's approval of a transfer back that is not paid
    /// @param txHash The transaction on the other chain
    /// @param blockHash The block it was in
    /// @param blockNumber The number of that block
    /// @param logIndex The place of the transfer's log within its transaction
    function unapproveTransfer(bytes32 txHash, bytes32 blockHash, uint256 blockNumber, uint256 logIndex) external;

    /// @notice Takes the caller's approval of a withdrawal back that is not paid
    /// @param txHash The transaction on the other chain
    /// @param blockHash The block it was in
    /// @param blockNumber The number of that block
    function unapproveWithdrawal(bytes32 txHash, bytes32 blockHash, uint256 blockNumber) external;

    /// @notice Announces the end of this chain's community; once, for the owner. It moves nothing and stops nothing
    function flush() external;

    /// @notice Sets who sets the exchange rate; for the owner
    /// @param newFeeManager The account
    function setFeeManager(address newFeeManager) external;

    /// @notice Sets who chooses the verifiers; for the owner
    /// @param newVerifierManager The account
    function setVerifierManager(address newVerifierManager) external;

    /// @notice Sets what a withdrawal costs; for the fee manager
    /// @param _nctEthExchangeRate How many NCT one ETH is worth; zero makes withdrawals free
    function setNctEthExchangeRate(uint256 _nctEthExchangeRate) external;

    /// @notice The version of the interface
    /// @return 1.2.x
    function VERSION() external view returns (string memory);

    /// @notice The highest exchange rate that can be set
    /// @return The rate
    function MAXIMUM_EXCHANGE_RATE() external view returns (uint256);

    /// @notice How many verifiers there can be
    /// @return The number
    function MAXIMUM_VERIFIERS() external view returns (uint256);

    /// @notice How many verifiers there must be
    /// @return The number
    function MINIMUM_VERIFIERS() external view returns (uint256);

    /// @notice A verifier that has seen a block
    /// @param key keccak256 of block hash and number, ABI-encoded
    /// @param index Which one
    /// @return The verifier
    function anchorApprovals(bytes32 key, uint256 index) external view returns (address);

    /// @notice A block that enough verifiers have seen
    /// @param index Which one, in the order of their numbers
    /// @return blockHash Its hash
    /// @return blockNumber Its number
    /// @return processed Always true
    function anchors(uint256 index) external view returns (bytes32 blockHash, uint256 blockNumber, bool processed);

    /// @notice Who sets the exchange rate
    /// @return The account
    function feeManager() external view returns (address);

    /// @notice Who chooses the verifiers
    /// @return The account
    function verifierManager() external view returns (address);

    /// @notice Who gets the fees
    /// @return The account
    function feeWallet() external view returns (address);

    /// @notice What a withdrawal costs: the gas of its approvals at 20 gwei, in NCT
    /// @return The fee, in base units of NCT
    function fees() external view returns (uint256);

    /// @notice When the end of this chain's community was announced
    /// @return The block; zero if it was not
    function flushBlock() external view returns (uint256);

    /// @notice Whether an account is a verifier
    /// @param account The account
    /// @return Whether it is
    function isVerifier(address account) external view returns (bool);

    /// @notice Whether a transaction of the other chain is paid as a whole
    /// @param txHash The transaction
    /// @return Whether it is
    function isProcessed(bytes32 txHash) external view returns (bool);

    /// @notice Whether one transfer of a transaction of the other chain is paid
    /// @param txHash The transaction
    /// @param logIndex The place of the transfer's log within its transaction
    /// @return Whether it is
    function isTransferProcessed(bytes32 txHash, uint256 logIndex) external view returns (bool);

    /// @notice How many NCT one ETH is worth
    /// @return The rate
    function nctEthExchangeRate() external view returns (uint256);

    /// @notice How many verifiers must approve: two thirds, rounded down
    /// @return The number
    function requiredVerifiers() external view returns (uint256);

    /// @notice How many verifiers there are
    /// @return The number
    function verifierCount() external view returns (uint256);

    /// @notice A verifier that has approved a withdrawal
    /// @param key keccak256 of destination, amount, transaction hash, block hash, block number and, for a transfer, log
    /// index, ABI-encoded
    /// @param index Which one
    /// @return The verifier
    function withdrawalApprovals(bytes32 key, uint256 index) external view returns (address);

    /// @notice A withdrawal that a verifier has approved
    /// @param key keccak256 of destination, amount, transaction hash, block hash, block number and, for a transfer, log
    /// index, ABI-encoded
    /// @return destination Who gets it
    /// @return amount How much left the other chain, in base units of NCT
    /// @return processed Whether it is paid
    function withdrawals(bytes32 key) external view returns (address destination, uint256 amount, bool processed);
}
