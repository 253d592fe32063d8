// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IApprovalReceiver} from "./interfaces/IApprovalReceiver.sol";
import {INectarToken} from "./interfaces/INectarToken.sol";
import {Governed} from "./roles/Governed.sol";
import {ERC20, IERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title Nectar (NCT)
/// @notice Until transfers are enabled nobody moves tokens, the owner and the minters included: a minter gives tokens
/// to their holders by minting them there. Burning is possible at all times, as it moves nothing to anybody.
contract NectarToken is INectarToken, ERC20Permit, ERC20Burnable, Governed {
    /// @inheritdoc INectarToken
    bool public transfersEnabled;

    mapping(address account => bool) private _minters;

    modifier onlyMinter() {
        if (!_minters[msg.sender]) revert NectarTokenUnauthorizedMinter(msg.sender);
        _;
    }

    constructor() ERC20("Nectar", "NCT") ERC20Permit("Nectar") {
        _addMinter(msg.sender);
    }

    /// @inheritdoc INectarToken
    function addMinter(address account) external onlyMinter {
        _addMinter(account);
    }

    /// @inheritdoc INectarToken
    function renounceMinter() external onlyMinter {
        delete _minters[msg.sender];
        emit MinterRemoved(msg.sender);
    }

    /// @inheritdoc INectarToken
    function mint(address to, uint256 value) external onlyMinter returns (bool) {
        _mint(to, value);
        return true;
    }

    /// @inheritdoc INectarToken
    function enableTransfers() external onlyOwner {
        if (transfersEnabled) revert NectarTokenTransfersAlreadyEnabled();
        transfersEnabled = true;
        emit TransfersEnabled();
    }

    /// @inheritdoc INectarToken
    function approveAndCall(address _spender, uint256 _value, bytes calldata _extraData) external returns (bool) {
        _approve(msg.sender, _spender, _value);
        bool received = IApprovalReceiver(_spender).receiveApproval(msg.sender, _value, address(this), _extraData);
        if (!received) revert NectarTokenApprovalNotReceived(_spender);
        return true;
    }

    /// @inheritdoc INectarToken
    function increaseAllowance(address spender, uint256 addedValue) external returns (bool) {
        _approve(msg.sender, spender, allowance(msg.sender, spender) + addedValue);
        return true;
    }

    /// @inheritdoc INectarToken
    function decreaseAllowance(address spender, uint256 subtractedValue) external returns (bool) {
        uint256 current = allowance(msg.sender, spender);
        if (subtractedValue > current) revert NectarTokenAllowanceBelowZero(spender, current, subtractedValue);
        _approve(msg.sender, spender, current - subtractedValue);
        return true;
    }

    /// @inheritdoc INectarToken
    function isMinter(address account) external view returns (bool) {
        return _minters[account];
    }

    /// @inheritdoc INectarToken
    function burn(uint256 value) public override(INectarToken, ERC20Burnable) {
        super.burn(value);
    }

    /// @inheritdoc INectarToken
    function burnFrom(address account, uint256 value) public override(INectarToken, ERC20Burnable) {
        super.burnFrom(account, value);
    }

    /// @dev Minting (from zero) and burning (to zero) are not transfers between accounts.
    function _update(address from, address to, uint256 value) internal override {
        if (!transfersEnabled && from != address(0) && to != address(0)) revert NectarTokenTransfersDisabled();
        super._update(from, to, value);
    }

    function _addMinter(address account) private {
        if (_minters[account]) revert NectarTokenAlreadyMinter(account);
        _minters[account] = true;
        emit MinterAdded(account);
    }
}
