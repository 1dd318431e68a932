// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @dev Where a trade stands. The numbers are stored: new states go to the end.
enum State {
    None,
    Opened,
    Revealed,
    Settled,
    Refunded
}

/// @dev What the seller signed and the buyer paid for; EIP-712 struct `Quote`. All fields static: 12 words.
struct Quote {
    bytes32 tradeId;
    address buyer;
    address seller;
    address token;
    uint256 amount;
    bytes32 contentRoot;
    bytes32 sealedRoot;
    bytes32 keyHash;
    uint64 size;
    uint32 revealWindow;
    uint32 disputeWindow;
    uint40 expiry;
}

/// @dev A quote with the buyer's EIP-3009 authorization: from buyer to escrow, value = amount, validAfter = 0,
/// validBefore = expiry, nonce = the quote's hash. The signature is r and vs as in EIP-2098.
struct OpenItem {
    Quote quote;
    bytes32 r;
    bytes32 vs;
}

struct RevealItem {
    Quote quote;
    bytes32 k;
}

/// @dev A quote with the buyer's signature (r and vs) over the EIP-712 struct `Confirmation`.
struct ConfirmItem {
    Quote quote;
    bytes32 r;
    bytes32 vs;
}

/// @dev The part of EIP-3009 that the escrow uses.
interface IReceiveWithAuthorization {
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;
}
