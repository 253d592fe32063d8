// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Relay} from "./interfaces/IERC20Relay.sol";
import {Approvals} from "./libraries/Approvals.sol";
import {Governed} from "./roles/Governed.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";

/// @title One end of the bridge between two chains
/// @notice Trusts a quorum of its verifiers with all that it holds, and nobody else with anything. See `IERC20Relay`.
contract ERC20Relay is IERC20Relay, Governed {
    using Approvals for mapping(bytes32 => address[]);
    using EnumerableSet for EnumerableSet.AddressSet;
    using SafeERC20 for IERC20;

    struct Withdrawal {
        address destination;
        uint256 amount;
        bool processed;
    }

    struct Anchor {
        bytes32 blockHash;
        uint256 blockNumber;
        bool processed;
    }

    /// @inheritdoc IERC20Relay
    string public constant VERSION = "1.2.1";
    /// @inheritdoc IERC20Relay
    uint256 public constant MINIMUM_VERIFIERS = 3;
    /// @inheritdoc IERC20Relay
    uint256 public constant MAXIMUM_VERIFIERS = 32;
    /// @inheritdoc IERC20Relay
    uint256 public constant MAXIMUM_EXCHANGE_RATE = 1_000_000;
    /// @dev What an approval costs each verifier, and what the payment adds for the last of them.
    uint256 private constant GAS_PER_APPROVAL = 54_301;
    uint256 private constant GAS_OF_PAYMENT = 73_458;
    uint256 private constant GAS_PRICE = 20 gwei;

    IERC20 private immutable _nectar;
    /// @inheritdoc IERC20Relay
    address public immutable feeWallet;

    /// @inheritdoc IERC20Relay
    uint256 public nctEthExchangeRate;
    /// @inheritdoc IERC20Relay
    uint256 public flushBlock;
    /// @inheritdoc IERC20Relay
    address public feeManager;
    /// @inheritdoc IERC20Relay
    address public verifierManager;
    EnumerableSet.AddressSet private _verifierSet;

    /// @inheritdoc IERC20Relay
    Anchor[] public anchors;
    /// @inheritdoc IERC20Relay
    mapping(bytes32 key => address[]) public anchorApprovals;
    /// @dev The block that a verifier has an open statement on.
    mapping(address verifier => Anchor) private _statements;

    /// @inheritdoc IERC20Relay
    mapping(bytes32 key => Withdrawal) public withdrawals;
    /// @inheritdoc IERC20Relay
    mapping(bytes32 key => address[]) public withdrawalApprovals;
    /// @inheritdoc IERC20Relay
    mapping(bytes32 txHash => bool) public isProcessed;
    /// @inheritdoc IERC20Relay
    mapping(bytes32 txHash => mapping(uint256 logIndex => bool)) public isTransferProcessed;
    /// @dev What a verifier has approved for a transaction, or for a transfer, in a block.
    mapping(bytes32 occurrence => mapping(address verifier => bytes32 key)) private _approved;
    mapping(bytes32 anchorKey => bool) private _anchored;
    /// @dev Transactions of which a transfer is paid by its place: they are not paid as a whole any more.
    mapping(bytes32 txHash => bool) private _paidByTransfer;

    modifier onlyFeeManager() {
        if (msg.sender != feeManager) revert RelayUnauthorizedAccount(msg.sender);
        _;
    }

    modifier onlyVerifierManager() {
        if (msg.sender != verifierManager) revert RelayUnauthorizedAccount(msg.sender);
        _;
    }

    modifier onlyVerifier() {
        if (!_verifierSet.contains(msg.sender)) revert RelayUnauthorizedAccount(msg.sender);
        _;
    }

    /// @dev The deployer is owner, fee manager and verifier manager until it gives that away.
    constructor(address _token, uint256 _nctEthExchangeRate, address _feeWallet, address[] memory _verifiers) {
        if (_token == address(0)) revert RelayTokenMissing();
        if (_verifiers.length < MINIMUM_VERIFIERS) {
            revert RelayVerifierCountOutOfRange(_verifiers.length, MINIMUM_VERIFIERS, MAXIMUM_VERIFIERS);
        }
        _nectar = IERC20(_token);
        feeWallet = _feeWallet;
        for (uint256 i = 0; i < _verifiers.length; ++i) {
            _insertVerifier(_verifiers[i]);
        }
        _setExchangeRate(_nctEthExchangeRate, _feeWallet);
        _setFeeManager(msg.sender);
        _setVerifierManager(msg.sender);
    }

    /// @inheritdoc IERC20Relay
    function _addVerifier(address account) external onlyOwner {
        _insertVerifier(account);
    }

    /// @inheritdoc IERC20Relay
    function _removeVerifier(address account) external onlyOwner {
        _deleteVerifier(account);
    }

    /// @inheritdoc IERC20Relay
    function addVerifier(address account) external onlyVerifierManager {
        _insertVerifier(account);
    }

    /// @inheritdoc IERC20Relay
    function removeVerifier(address account) external onlyVerifierManager {
        _deleteVerifier(account);
    }

    /// @inheritdoc IERC20Relay
    function anchor(bytes32 blockHash, uint256 blockNumber) external onlyVerifier {
        bytes32 key = _anchorKey(blockHash, blockNumber);
        if (_anchored[key]) return; // a verifier that comes late has nothing to add
        uint256 last = anchors.length == 0 ? 0 : anchors[anchors.length - 1].blockNumber;
        if (blockNumber <= last) revert RelayAnchorOutdated(blockNumber, last);
        if (_statements[msg.sender].processed) _takeBackStatement();
        if (_isContested(blockHash, blockNumber)) emit ContestedBlock(blockHash, blockNumber);

        _statements[msg.sender] = Anchor(blockHash, blockNumber, true);
        anchorApprovals.add(key, msg.sender);
        if (anchorApprovals.count(key, _verifierSet) >= requiredVerifiers()) {
            _anchored[key] = true;
            anchors.push(Anchor(blockHash, blockNumber, true));
            emit AnchoredBlock(blockHash, blockNumber);
        }
    }

    /// @inheritdoc IERC20Relay
    function unanchor() external onlyVerifier {
        if (!_statements[msg.sender].processed) revert RelayNotApproved(msg.sender);
        _takeBackStatement();
    }

    /// @inheritdoc IERC20Relay
    function approveWithdrawal(
        address destination,
        uint256 amount,
        bytes32 txHash,
        bytes32 blockHash,
        uint256 blockNumber
    ) external onlyVerifier {
        bytes32 key = keccak256(abi.encode(destination, amount, txHash, blockHash, blockNumber));
        if (withdrawals[key].processed) return; // a verifier that comes late has nothing to add
        if (isProcessed[txHash] || _paidByTransfer[txHash]) revert RelayAlreadyProcessed(txHash);
        if (_approve(_occurrence(txHash, blockHash, blockNumber), key, destination, amount)) {
            isProcessed[txHash] = true;
            emit WithdrawalProcessed(destination, amount, txHash, blockHash, blockNumber);
            _pay(destination, amount);
        }
    }

    /// @inheritdoc IERC20Relay
    function approveTransfer(
        address destination,
        uint256 amount,
        bytes32 txHash,
        bytes32 blockHash,
        uint256 blockNumber,
        uint256 logIndex
    ) external onlyVerifier {
        bytes32 key = keccak256(abi.encode(destination, amount, txHash, blockHash, blockNumber, logIndex));
        if (withdrawals[key].processed) return; // a verifier that comes late has nothing to add
        if (isProcessed[txHash] || isTransferProcessed[txHash][logIndex]) revert RelayAlreadyProcessed(txHash);
        if (_approve(_placeOf(txHash, blockHash, blockNumber, logIndex), key, destination, amount)) {
            _paidByTransfer[txHash] = true;
            isTransferProcessed[txHash][logIndex] = true;
            emit WithdrawalProcessed(destination, amount, txHash, blockHash, blockNumber);
            _pay(destination, amount);
        }
    }

    /// @inheritdoc IERC20Relay
    function unapproveWithdrawal(bytes32 txHash, bytes32 blockHash, uint256 blockNumber) external onlyVerifier {
        _unapprove(_occurrence(txHash, blockHash, blockNumber), txHash);
    }

    /// @inheritdoc IERC20Relay
    function unapproveTransfer(bytes32 txHash, bytes32 blockHash, uint256 blockNumber, uint256 logIndex)
        external
        onlyVerifier
    {
        _unapprove(_placeOf(txHash, blockHash, blockNumber, logIndex), txHash);
    }

    /// @inheritdoc IERC20Relay
    function flush() external onlyOwner {
        if (flushBlock != 0) revert RelayAlreadyFlushed(flushBlock);
        flushBlock = block.number;
        emit Flush();
    }

    /// @inheritdoc IERC20Relay
    function setFeeManager(address newFeeManager) external onlyOwner {
        _setFeeManager(newFeeManager);
    }

    /// @inheritdoc IERC20Relay
    function setVerifierManager(address newVerifierManager) external onlyOwner {
        _setVerifierManager(newVerifierManager);
    }

    /// @inheritdoc IERC20Relay
    function setNctEthExchangeRate(uint256 _nctEthExchangeRate) external onlyFeeManager {
        _setExchangeRate(_nctEthExchangeRate, feeWallet);
    }

    /// @inheritdoc IERC20Relay
    function isVerifier(address account) external view returns (bool) {
        return _verifierSet.contains(account);
    }

    /// @inheritdoc IERC20Relay
    function verifierCount() external view returns (uint256) {
        return _verifierSet.length();
    }

    /// @inheritdoc IERC20Relay
    function fees() public view returns (uint256) {
        return (GAS_PER_APPROVAL * _verifierSet.length() + GAS_OF_PAYMENT) * GAS_PRICE * nctEthExchangeRate;
    }

    /// @inheritdoc IERC20Relay
    function requiredVerifiers() public view returns (uint256) {
        return 2 * _verifierSet.length() / 3;
    }

    /// @dev Counts the caller's approval of one withdrawal.
    /// @param occurrence Of what, in which block: a verifier has one approval for it
    /// @param key All that is approved
    /// @return Whether it is to be paid now; then it is marked as paid
    function _approve(bytes32 occurrence, bytes32 key, address destination, uint256 amount) private returns (bool) {
        if (destination == address(0) || destination == address(this)) revert RelayDestinationInvalid(destination);
        if (amount <= fees()) revert RelayAmountBelowFees(amount, fees());
        if (_approved[occurrence][msg.sender] != 0) revert RelayAlreadyApproved(msg.sender);
        _approved[occurrence][msg.sender] = key;
        withdrawals[key].destination = destination;
        withdrawals[key].amount = amount;
        withdrawalApprovals.add(key, msg.sender);
        if (withdrawalApprovals.count(key, _verifierSet) < requiredVerifiers()) return false;
        withdrawals[key].processed = true;
        return true;
    }

    function _unapprove(bytes32 occurrence, bytes32 txHash) private {
        bytes32 key = _approved[occurrence][msg.sender];
        if (withdrawals[key].processed) revert RelayAlreadyProcessed(txHash);
        if (key == 0) revert RelayNotApproved(msg.sender);
        delete _approved[occurrence][msg.sender];
        withdrawalApprovals.remove(key, msg.sender);
    }

    function _pay(address destination, uint256 amount) private {
        uint256 fee = fees();
        if (fee != 0) _nectar.safeTransfer(feeWallet, fee);
        _nectar.safeTransfer(destination, amount - fee);
    }

    function _takeBackStatement() private {
        Anchor memory statement = _statements[msg.sender];
        delete _statements[msg.sender];
        anchorApprovals.remove(_anchorKey(statement.blockHash, statement.blockNumber), msg.sender);
    }

    function _insertVerifier(address account) private {
        if (account == address(0) || !_verifierSet.add(account)) revert RelayVerifierInvalid(account);
        if (_verifierSet.length() > MAXIMUM_VERIFIERS) {
            revert RelayVerifierCountOutOfRange(_verifierSet.length(), MINIMUM_VERIFIERS, MAXIMUM_VERIFIERS);
        }
        emit AddedVerifier(account);
    }

    function _deleteVerifier(address account) private {
        if (!_verifierSet.remove(account)) revert RelayVerifierUnknown(account);
        if (_verifierSet.length() < MINIMUM_VERIFIERS) {
            revert RelayVerifierCountOutOfRange(_verifierSet.length(), MINIMUM_VERIFIERS, MAXIMUM_VERIFIERS);
        }
        emit RemovedVerifier(account);
    }

    function _setExchangeRate(uint256 rate, address wallet) private {
        if (rate > MAXIMUM_EXCHANGE_RATE) revert RelayExchangeRateTooHigh(rate, MAXIMUM_EXCHANGE_RATE);
        if (rate != 0 && wallet == address(0)) revert RelayFeeWalletMissing();
        nctEthExchangeRate = rate;
        emit FeesChanged(fees());
    }

    function _setFeeManager(address account) private {
        emit NewFeeManager(feeManager, account);
        feeManager = account;
    }

    function _setVerifierManager(address account) private {
        emit NewVerifierManager(verifierManager, account);
        verifierManager = account;
    }

    /// @dev Whether another verifier has an open statement on another block of that number.
    function _isContested(bytes32 blockHash, uint256 blockNumber) private view returns (bool) {
        for (uint256 i = 0; i < _verifierSet.length(); ++i) {
            Anchor storage statement = _statements[_verifierSet.at(i)];
            if (statement.processed && statement.blockNumber == blockNumber && statement.blockHash != blockHash) {
                return true;
            }
        }
        return false;
    }

    function _anchorKey(bytes32 blockHash, uint256 blockNumber) private pure returns (bytes32) {
        return keccak256(abi.encode(blockHash, blockNumber));
    }

    /// @dev A transaction in a block: after a reorganisation the same transaction may be in another.
    function _occurrence(bytes32 txHash, bytes32 blockHash, uint256 blockNumber) private pure returns (bytes32) {
        return keccak256(abi.encode(txHash, blockHash, blockNumber));
    }

    /// @dev A transfer in a transaction in a block. One word longer than an occurrence, so that none is both.
    function _placeOf(bytes32 txHash, bytes32 blockHash, uint256 blockNumber, uint256 logIndex)
        private
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(txHash, blockHash, blockNumber, logIndex));
    }
}
