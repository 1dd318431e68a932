// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @title Payouts that can't be blocked
/// @notice Pays out at the end of a call, in one transfer for neighbours with one payee. What the token refuses (a
/// blocked account, a paused token) is credited and can be withdrawn later, so that no payee holds up another.
abstract contract Payouts is ReentrancyGuardTransient {
    /// @notice The one token that is held and paid.
    address public immutable TOKEN;

    mapping(address account => uint256 amount) private _credits;

    /// @dev What a call has to pay, in the order of its items. Only the first `count` entries are used.
    struct Due {
        uint256 count;
        address[] payees;
        uint256[] amounts;
    }

    /// @notice The token refused a payout; it waits here for {withdraw}.
    event Credited(address indexed account, uint256 amount);
    event Withdrawn(address indexed account, uint256 amount);

    error Payouts__NotAToken(address token);
    error Payouts__NothingToWithdraw(address account);
    error Payouts__Refused(address account, uint256 amount);

    constructor(address token) {
        if (token.code.length == 0) revert Payouts__NotAToken(token);
        TOKEN = token;
    }

    /// @notice Pays an account what the token refused before. Anyone may call it for any account: buyers have no gas.
    function withdraw(address account) external nonReentrant {
        uint256 amount = _credits[account];
        if (amount == 0) revert Payouts__NothingToWithdraw(account);
        _credits[account] = 0;
        emit Withdrawn(account, amount);
        if (!_transfer(account, amount)) revert Payouts__Refused(account, amount);
    }

    /// @notice What waits for {withdraw}.
    function creditOf(address account) external view returns (uint256) {
        return _credits[account];
    }

    function _newDue(uint256 capacity) internal pure returns (Due memory) {
        return Due(0, new address[](capacity), new uint256[](capacity));
    }

    function _addDue(Due memory due, address payee, uint256 amount) internal pure {
        uint256 count = due.count;
        if (count != 0 && due.payees[count - 1] == payee) {
            due.amounts[count - 1] += amount;
        } else {
            due.payees[count] = payee;
            due.amounts[count] = amount;
            due.count = count + 1;
        }
    }

    /// @dev The last thing a call does. A caller can't starve a transfer of gas to turn it into a credit: the call gets
    /// 63/64 of what is left, and the 64th that remains must pay for the credit, so the call had over 400,000.
    function _payAll(Due memory due) internal {
        for (uint256 i = 0; i < due.count; ++i) {
            (address payee, uint256 amount) = (due.payees[i], due.amounts[i]);
            if (_transfer(payee, amount)) continue;
            _credits[payee] += amount;
            emit Credited(payee, amount);
        }
    }

    /// @dev True only when the token says that it moved the money: no revert, and `true` or nothing returned.
    function _transfer(address to, uint256 amount) private returns (bool) {
        (bool success, bytes memory result) = TOKEN.call(abi.encodeCall(IERC20.transfer, (to, amount)));
        return success && (result.length == 0 || (result.length >= 32 && uint256(bytes32(result)) == 1));
    }
}
