// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {ConfirmItem, IReceiveWithAuthorization, OpenItem, Quote, RevealItem, State} from "./EscrowTypes.sol";
import {Payouts} from "./Payouts.sol";
import {TradeBook} from "./TradeBook.sol";

/// @title Escrow of sealed deliveries
/// @notice Holds the buyer's USDC from the opening of a trade until the seller has published the key to the sealed
/// goods and the buyer has confirmed or the dispute window has passed; pays back when no key comes in time. Actions are
/// allowed up to a deadline, exits after it. No owner, no fee, no upgrade, no pause.
///
/// Calls for many skip an item that can't be done, say why in {Skipped}, and do the rest.
contract Escrow is TradeBook, Payouts {
    /// @notice The least time from opening to reveal that a quote may give, in seconds.
    uint256 public immutable MIN_REVEAL_WINDOW;
    /// @notice The least time from reveal to a payout without confirmation that a quote may give, in seconds.
    uint256 public immutable MIN_DISPUTE_WINDOW;
    /// @notice The longest that both windows of a quote may take together.
    uint256 public constant MAX_WINDOWS = 7 days;

    bytes32 private constant _CONFIRMATION_TYPEHASH = keccak256("Confirmation(bytes32 tradeId,bytes32 quoteHash)");

    event Opened(
        bytes32 indexed key,
        address indexed buyer,
        address indexed seller,
        bytes32 tradeId,
        bytes32 quoteHash,
        uint256 amount,
        uint256 deadline
    );
    /// @notice `k` opens the sealed goods; from here on it is public.
    event Revealed(bytes32 indexed key, bytes32 tradeId, bytes32 k, uint256 deadline);
    event Settled(bytes32 indexed key, bytes32 tradeId, uint256 amount);
    event Refunded(bytes32 indexed key, bytes32 tradeId, uint256 amount);
    /// @notice An item was left out. `action` is the function's selector, `reason` the error it would have been alone.
    event Skipped(bytes32 indexed key, bytes4 action, bytes reason);

    error Escrow__BadDeployment(uint256 minRevealWindow, uint256 minDisputeWindow, uint256 maxWindows);
    error Escrow__NotSeller(address caller, address seller);
    error Escrow__WrongToken(address given, address token);
    error Escrow__ZeroAmount();
    error Escrow__Expired(uint256 expiry, uint256 time);
    error Escrow__BadWindows(uint256 revealWindow, uint256 disputeWindow);
    error Escrow__WrongKey(bytes32 given, bytes32 keyHash);
    error Escrow__TooLate(uint256 deadline, uint256 time);
    error Escrow__TooEarly(uint256 deadline, uint256 time);
    error Escrow__TokenRefused();
    error Escrow__NotSignedByBuyer(address signer, address buyer);

    constructor(address token, uint256 minRevealWindow, uint256 minDisputeWindow) Payouts(token) {
        if (
            minRevealWindow == 0 || minDisputeWindow == 0 || minRevealWindow > MAX_WINDOWS
                || minDisputeWindow > MAX_WINDOWS - minRevealWindow
        ) revert Escrow__BadDeployment(minRevealWindow, minDisputeWindow, MAX_WINDOWS);
        MIN_REVEAL_WINDOW = minRevealWindow;
        MIN_DISPUTE_WINDOW = minDisputeWindow;
    }

    /// @notice Pulls the buyer's payment for a quote of the caller's. Reverts when it can't.
    function open(OpenItem calldata item) external nonReentrant {
        _revertOn(_open(item));
    }

    /// @notice Opens what can be opened, and says how many.
    function openMany(OpenItem[] calldata items) external nonReentrant returns (uint256 opened) {
        for (uint256 i = 0; i < items.length; ++i) {
            if (_done(items[i].quote, this.open.selector, _open(items[i]))) ++opened;
        }
    }

    /// @notice Opens and reveals, or reverts. A transaction that reverts has shown `k` all the same.
    function openAndReveal(OpenItem calldata item, bytes32 k) external nonReentrant {
        _revertOn(_open(item));
        _revertOn(_reveal(item.quote, k));
    }

    /// @notice Publishes the key to the sealed goods: only the seller, up to the reveal deadline.
    function reveal(RevealItem calldata item) external nonReentrant {
        _revertOn(_reveal(item.quote, item.k));
    }

    /// @notice Reveals what can be revealed, and says how many.
    function revealMany(RevealItem[] calldata items) external nonReentrant returns (uint256 revealed) {
        for (uint256 i = 0; i < items.length; ++i) {
            if (_done(items[i].quote, this.reveal.selector, _reveal(items[i].quote, items[i].k))) ++revealed;
        }
    }

    /// @notice Pays the sellers of revealed trades whose buyers signed that they got what was promised. Anyone may call;
    /// neighbours with one seller are paid in one transfer.
    function confirmMany(ConfirmItem[] calldata items) external nonReentrant returns (uint256 confirmed) {
        Due memory due = _newDue(items.length);
        for (uint256 i = 0; i < items.length; ++i) {
            Quote calldata quote = items[i].quote;
            if (!_done(quote, this.confirmMany.selector, _confirm(items[i]))) continue;
            _addDue(due, quote.seller, quote.amount);
            ++confirmed;
        }
        _payAll(due);
    }

    /// @notice Pays the sellers of revealed trades whose dispute window has passed. Anyone may call; neighbours with one
    /// seller are paid in one transfer.
    function settleMany(Quote[] calldata quotes) external nonReentrant returns (uint256 settled) {
        Due memory due = _newDue(quotes.length);
        for (uint256 i = 0; i < quotes.length; ++i) {
            Quote calldata quote = quotes[i];
            if (!_done(quote, this.settleMany.selector, _settle(quote))) continue;
            _addDue(due, quote.seller, quote.amount);
            ++settled;
        }
        _payAll(due);
    }

    /// @notice Pays back the buyers of trades without a reveal: anyone after the reveal window, the seller at any time.
    function refundMany(Quote[] calldata quotes) external nonReentrant returns (uint256 refunded) {
        Due memory due = _newDue(quotes.length);
        for (uint256 i = 0; i < quotes.length; ++i) {
            Quote calldata quote = quotes[i];
            if (!_done(quote, this.refundMany.selector, _refund(quote))) continue;
            _addDue(due, quote.buyer, quote.amount);
            ++refunded;
        }
        _payAll(due);
    }

    // Each of the next five does one item and returns nothing, or does nothing and returns the error it would be.

    function _open(OpenItem calldata item) private returns (bytes memory) {
        Quote calldata quote = item.quote;
        if (msg.sender != quote.seller) {
            return abi.encodeWithSelector(Escrow__NotSeller.selector, msg.sender, quote.seller);
        }
        if (quote.token != TOKEN) return abi.encodeWithSelector(Escrow__WrongToken.selector, quote.token, TOKEN);
        if (quote.amount == 0) return abi.encodeWithSelector(Escrow__ZeroAmount.selector);
        if (block.timestamp >= quote.expiry) {
            return abi.encodeWithSelector(Escrow__Expired.selector, quote.expiry, block.timestamp);
        }
        (uint256 revealWindow, uint256 disputeWindow) = (quote.revealWindow, quote.disputeWindow);
        if (
            revealWindow < MIN_REVEAL_WINDOW || disputeWindow < MIN_DISPUTE_WINDOW
                || revealWindow + disputeWindow > MAX_WINDOWS
        ) return abi.encodeWithSelector(Escrow__BadWindows.selector, revealWindow, disputeWindow);

        (bytes32 key, bytes32 quoteHash,, bytes memory problem) = _find(quote, State.None);
        if (problem.length != 0) return problem;
        // The money comes in before the state says so. Nothing can be done in between: every function is guarded.
        problem = _pull(item, quoteHash);
        if (problem.length != 0) return problem;
        uint256 deadline = block.timestamp + revealWindow;
        _write(key, quoteHash, deadline, State.Opened);
        emit Opened(key, quote.buyer, quote.seller, quote.tradeId, quoteHash, quote.amount, deadline);
        return "";
    }

    function _reveal(Quote calldata quote, bytes32 k) private returns (bytes memory) {
        (bytes32 key, bytes32 quoteHash, uint256 deadline, bytes memory problem) = _find(quote, State.Opened);
        if (problem.length != 0) return problem;
        if (msg.sender != quote.seller) {
            return abi.encodeWithSelector(Escrow__NotSeller.selector, msg.sender, quote.seller);
        }
        if (block.timestamp > deadline) {
            return abi.encodeWithSelector(Escrow__TooLate.selector, deadline, block.timestamp);
        }
        bytes32 given = sha256(abi.encodePacked(k));
        if (given != quote.keyHash) return abi.encodeWithSelector(Escrow__WrongKey.selector, given, quote.keyHash);

        deadline = block.timestamp + quote.disputeWindow;
        _write(key, quoteHash, deadline, State.Revealed);
        emit Revealed(key, quote.tradeId, k, deadline);
        return "";
    }

    function _confirm(ConfirmItem calldata item) private returns (bytes memory) {
        Quote calldata quote = item.quote;
        (bytes32 key, bytes32 quoteHash, uint256 deadline, bytes memory problem) = _find(quote, State.Revealed);
        if (problem.length != 0) return problem;
        bytes32 structHash = keccak256(abi.encode(_CONFIRMATION_TYPEHASH, quote.tradeId, quoteHash));
        // Refuses the malleable twin of a signature; the zero address, its answer to a bad one, is nobody's.
        (address signer,,) = ECDSA.tryRecover(_hashTypedDataV4(structHash), item.r, item.vs);
        if (signer == address(0) || signer != quote.buyer) {
            return abi.encodeWithSelector(Escrow__NotSignedByBuyer.selector, signer, quote.buyer);
        }
        _markSettled(quote, key, quoteHash, deadline);
        return "";
    }

    function _settle(Quote calldata quote) private returns (bytes memory) {
        (bytes32 key, bytes32 quoteHash, uint256 deadline, bytes memory problem) = _find(quote, State.Revealed);
        if (problem.length != 0) return problem;
        if (block.timestamp <= deadline) {
            return abi.encodeWithSelector(Escrow__TooEarly.selector, deadline, block.timestamp);
        }
        _markSettled(quote, key, quoteHash, deadline);
        return "";
    }

    function _refund(Quote calldata quote) private returns (bytes memory) {
        (bytes32 key, bytes32 quoteHash, uint256 deadline, bytes memory problem) = _find(quote, State.Opened);
        if (problem.length != 0) return problem;
        if (block.timestamp <= deadline && msg.sender != quote.seller) {
            return abi.encodeWithSelector(Escrow__TooEarly.selector, deadline, block.timestamp);
        }
        _write(key, quoteHash, deadline, State.Refunded);
        emit Refunded(key, quote.tradeId, quote.amount);
        return "";
    }

    function _markSettled(Quote calldata quote, bytes32 key, bytes32 quoteHash, uint256 deadline) private {
        _write(key, quoteHash, deadline, State.Settled);
        emit Settled(key, quote.tradeId, quote.amount);
    }

    /// @dev Moves the buyer's money here, or returns why the token refused. The nonce ties it to this very quote.
    function _pull(OpenItem calldata item, bytes32 quoteHash) private returns (bytes memory) {
        Quote calldata quote = item.quote;
        uint256 vs = uint256(item.vs);
        try IReceiveWithAuthorization(TOKEN).receiveWithAuthorization(
            quote.buyer,
            address(this),
            quote.amount,
            0,
            quote.expiry,
            quoteHash,
            uint8(27 + (vs >> 255)),
            item.r,
            bytes32(vs & uint256(type(int256).max))
        ) {
            return "";
        } catch (bytes memory reason) {
            return reason.length == 0 ? abi.encodeWithSelector(Escrow__TokenRefused.selector) : reason;
        }
    }

    /// @dev Says in an event why an item was left out.
    function _done(Quote calldata quote, bytes4 action, bytes memory problem) private returns (bool) {
        if (problem.length == 0) return true;
        emit Skipped(keyOf(quote.buyer, quote.seller, quote.tradeId), action, problem);
        return false;
    }

    /// @dev Reverts with an error that was returned.
    function _revertOn(bytes memory problem) private pure {
        if (problem.length == 0) return;
        // A returned error is already encoded: revert takes it as it is, without the length before it.
        assembly ("memory-safe") {
            revert(add(problem, 0x20), mload(problem))
        }
    }
}
