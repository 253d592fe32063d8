// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IGoverned} from "../interfaces/IGoverned.sol";
import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

/// @title An owner that changes in two steps
abstract contract Governed is IGoverned, Ownable2Step {
    constructor() Ownable(msg.sender) {}

    /// @inheritdoc IGoverned
    function isOwner() external view returns (bool) {
        return msg.sender == owner();
    }
}
