// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Quote, State} from "./EscrowTypes.sol";

/// @title What an escrow remembers of its trades
/// @notice A trade takes one storage slot: commitment (208 bits) | deadline (40 bits) | state (8 bits). The commitment is the
/// top of the quote's EIP-712 hash. Every call carries the quote, and the contract hashes it again: buyer, seller,
/// amount, key hash and windows are all the opened ones or the call is refused. Storing seller and amount instead would
/// leave too few bits to bind the key hash and the windows. What must not be found is two quotes of one seller with
/// equal commitments (a collision, since the seller writes both): that takes 2^104 hashes. A trade that has ended keeps
/// its slot, so that it can't be opened again.
abstract contract TradeBook is EIP712 {
    bytes32 private constant _QUOTE_TYPEHASH = keccak256(
        "Quote(bytes32 tradeId,address buyer,address seller,address token,uint256 amount,bytes32 contentRoot,bytes32 sealedRoot,bytes32 keyHash,uint64 size,uint32 revealWindow,uint32 disputeWindow,uint40 expiry)"
    );
    uint256 private constant _COMMITMENT_MASK = ~uint256(type(uint48).max);

    mapping(bytes32 key => uint256 slot) private _trades;

    error TradeBook__WrongState(State state);
    error TradeBook__WrongQuote(bytes32 quoteHash);

    constructor() EIP712("Karmakadabra", "1") {}

    /// @notice Where a trade stands, its state's deadline, and the top 208 bits of its quote's hash.
    function tradeOf(bytes32 key) external view returns (State state, uint256 deadline, bytes26 commitment) {
        uint256 slot = _trades[key];
        return (State(uint8(slot)), uint40(slot >> 8), bytes26(bytes32(slot)));
    }

    /// @notice The key of a trade.
    function keyOf(address buyer, address seller, bytes32 tradeId) public pure returns (bytes32) {
        return keccak256(abi.encode(buyer, seller, tradeId));
    }

    /// @notice The EIP-712 hash of a quote, which is also the nonce of its payment.
    function quoteHashOf(Quote calldata quote) public view returns (bytes32) {
        bytes32 typeHash = _QUOTE_TYPEHASH;
        bytes32 structHash;
        // A quote is 12 static words, which EIP-712 and calldata lay out alike, so that one copy is its encoding; this
        // takes a third of abi.encode's gas. The scratch lies past the free pointer and is not kept.
        assembly ("memory-safe") {
            let scratch := mload(0x40)
            mstore(scratch, typeHash)
            calldatacopy(add(scratch, 0x20), quote, 0x180)
            structHash := keccak256(scratch, 0x1a0)
        }
        return _hashTypedDataV4(structHash);
    }

    /// @dev The trade of exactly this quote, which must stand at `wanted`; with `None`, the absence of one.
    function _find(Quote calldata quote, State wanted)
        internal
        view
        returns (bytes32 key, bytes32 quoteHash, uint256 deadline, bytes memory problem)
    {
        key = keyOf(quote.buyer, quote.seller, quote.tradeId);
        uint256 slot = _trades[key];
        State state = State(uint8(slot));
        deadline = uint40(slot >> 8);
        quoteHash = quoteHashOf(quote);
        if (state != wanted) {
            problem = abi.encodeWithSelector(TradeBook__WrongState.selector, state);
        } else if (state != State.None && (uint256(quoteHash) ^ slot) & _COMMITMENT_MASK != 0) {
            problem = abi.encodeWithSelector(TradeBook__WrongQuote.selector, quoteHash);
        }
    }

    /// @dev `deadline` fits: it is a block's time and at most seven days.
    function _write(bytes32 key, bytes32 quoteHash, uint256 deadline, State state) internal {
        _trades[key] = (uint256(quoteHash) & _COMMITMENT_MASK) | (deadline << 8) | uint256(state);
    }
}
