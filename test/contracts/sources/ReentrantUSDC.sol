// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {TestUSDC} from "TestUSDC.sol";

/// @dev A token that calls back whenever money moves, with a call that was left with it.
contract ReentrantUSDC is TestUSDC {
    address private _target;
    bytes private _data;

    event CalledBack(bool success, bytes result);

    function callBack(address target, bytes calldata data) external {
        _target = target;
        _data = data;
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (_target == address(0)) return;
        (bool success, bytes memory result) = _target.call(_data);
        emit CalledBack(success, result);
    }
}
